// Which characters differ between two texts, so that `Nygard` → `Nygård` can be seen at a glance.
const LONGEST = 160; // characters of a text that is compared
const ALIKE = 0.6; // of the longer text; less in common and everything differs, which needs no marks

// Steps of the longest common subsequence: [same, from the old, from the new].
const steps = (a, b) => {
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
    }
  }
  const found = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) found.push([true, a[i++], b[j++]]);
    else if (j >= b.length || (i < a.length && table[i + 1][j] >= table[i][j + 1])) found.push([false, a[i++], ""]);
    else found.push([false, "", b[j++]]);
  }
  return found;
};

// Neighbours as one piece; a single letter that happens to be the same between two differences is no island of its own.
const joined = (found) => {
  const pieces = [];
  for (const [same, a, b] of found) {
    const last = pieces.at(-1);
    if (last?.[0] === same) [last[1], last[2]] = [last[1] + a, last[2] + b];
    else pieces.push([same, a, b]);
  }
  return pieces.map(([same, a, b], n) => [same && (a.length > 1 || n === 0 || n === pieces.length - 1), a, b]);
};

// Two lists of [text, whether it differs], for the old and the new value.
export const difference = (old, now) => {
  const [a, b] = [[...old], [...now]];
  const whole = [[[old, false]], [[now, false]]];
  if (!old || !now || a.length > LONGEST || b.length > LONGEST) return whole;
  const pieces = joined(steps(a, b));
  const common = pieces.reduce((sum, [same, text]) => sum + (same ? text.length : 0), 0);
  // What is all there within the other is worth a mark however short it is: 000041 → 41.
  if (common < Math.min(ALIKE * Math.max(old.length, now.length), old.length, now.length)) return whole;
  return [1, 2].map((side) => pieces.filter((piece) => piece[side]).map((piece) => [piece[side], !piece[0]]));
};
