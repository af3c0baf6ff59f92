"""Which encoding of single bytes a text is in, by how well its letters fit names as they are spelt.

Every byte beyond ASCII is looked at between its two neighbours: `Bj?rn` wants a letter that stands between j and r.
All encodings are asked what letter theirs is, and the one wins whose letters are the most usual where they stand, over
all places of the file and never by one byte. What two of them read alike is no matter. May not know rows or fields.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from string import ascii_letters, ascii_lowercase, digits
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from kundekort.engine.reading.fit import CODECS, Fit
from kundekort.engine.reading.spelling import NAMES

Triples = npt.NDArray[np.uint8]
"""Bytes beyond ASCII, each once with each pair of neighbours: (n, 3)."""
Weights = npt.NDArray[np.float64]

_DOUBTS: Final = {"windows-1252": 0.0, "iso-8859-15": 2.0, "mac-roman": 4.0, "cp850": 4.0, "windows-1250": 4.0}
_DOUBT: Final = 5.0
"""How much less likely an encoding is before the file is looked at, in natural logarithms."""
_MARGIN: Final = 3.5
"""How much likelier the best must be than another that reads something else: thirty times."""
_WORST: Final = -13.2
_FEW: Final = 8
_LEAST: Final = -18.0
"""What a letter comes to on average where nothing fits, as in an encoding that is not known here; a few tell nothing.
And the least that one comes to: a single broken one decides nothing."""
_SHOWN: Final = 3
_STRANGE: Final = 6.0
"""How much likelier another encoding makes a letter in a word that is in that one."""
_AS_LIKELY: Final = 1.0
"""How much less likely it may make a letter of both, where some words are known to be in that one."""

_LETTERS: Final = np.isin(np.arange(256), list(ascii_letters.encode()))
_DIGITS: Final = np.isin(np.arange(256), list(digits.encode()))
_FOLD: Final = np.where(_LETTERS | (np.arange(256) >= 0x80), np.arange(256), np.where(_DIGITS, ord("0"), ord(" ")))

_SIGNS: Final = (
    dict.fromkeys("’€–°´…", 0.08)
    | dict.fromkeys("“”»«„‘§½—®·\u00a0²", 0.02)
    | dict.fromkeys("©™¼¾³±×•£ºª¿¡`¨\u00ad", 0.006)
)
_RARE: Final = 0.0008
_UNTOLD: Final = 3
"""How many neighbours that were not seen count beside those that were."""
_UNKNOWN: Final = np.full(len(NAMES), np.log(2e-5))
_SHARE_OF_SIGNS: Final = 0.05
_INSIDE: Final = dict.fromkeys("’´`", 0.5) | dict.fromkeys("‘–—\u00a0\u00ad·", 0.05)
"""How likely a sign stands between letters."""
_IN_NAMES: Final = "’´`\u00a0\u00ad"
_NO_LETTERS: Final = "ªºµƒ"


def triples(chunks: Iterable[bytes | memoryview]) -> Triples:
    """Every byte beyond ASCII between its neighbours, once; of these only what matters is kept.

    The chunks follow each other; the last byte of one and the first of the next are no neighbours. Bytes that are a
    letter in UTF-8 are none of these.
    """
    seen = np.zeros(1 << 24, np.bool_)
    for chunk in chunks:
        octets = np.concatenate((_BLANK, np.frombuffer(chunk, np.uint8), _BLANK))
        at = np.flatnonzero(octets >= 0x80)
        two, three = _utf8_letters(octets, at)
        utf8 = two | three
        utf8[1:] |= utf8[:-1].copy()
        utf8[2:] |= three[:-2]
        at = at[~utf8]
        before, byte, after = (_FOLD[octets[at + step]] for step in (-1, 0, 1))
        seen[before << 16 | byte << 8 | after] = True
    packed = np.flatnonzero(seen)
    return np.stack((packed >> 16, packed >> 8 & 255, packed & 255), axis=1).astype(np.uint8)


def utf8_letters(chunk: memoryview) -> list[int]:
    """Where bytes stand that are a letter or a sign in UTF-8, such as stand in names, and in no other encoding."""
    octets = np.concatenate((np.frombuffer(chunk, np.uint8), _BLANK, _BLANK))
    at = np.flatnonzero(octets >= 0x80)
    places: list[int] = at[np.logical_or(*_utf8_letters(octets, at))].tolist()
    return places


_CONTROLS: Final = [chr(n) for n in range(0x80, 0xA0)]


def _utf8_letters(
    octets: npt.NDArray[np.uint8], at: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """At which of the places letters begin that are two bytes in UTF-8, and at which signs of three."""
    first, second = octets[at], octets[at + 1]
    third = octets[np.minimum(at + 2, len(octets) - 1)]
    two = (first >= 0xC3) & (first <= 0xC5) & (second >= 0x80) & (second < 0xC0)
    return two, (first == 0xE2) & (second == 0x80) & (third >= 0x90) & (third < 0xC0)


def fit(found: Triples) -> Fit:
    """The encoding of a text with these letters."""
    if not len(found):
        return Fit("windows-1252")
    likely, texts = {}, {}
    for name in CODECS:
        likely[name] = float(_scores(name, found).sum(axis=1).max())
        texts[name] = _table(name)[0][found[:, 1]]
    nothing_fits = len(found) >= _FEW and max(likely.values()) / len(found) < _WORST
    likely = {name: score - _DOUBTS.get(name, _DOUBT) for name, score in likely.items()}
    best = max(likely, key=lambda name: likely[name])
    best = next(name for name in CODECS if (texts[name] == texts[best]).all())
    rivals = [name for name in CODECS if (texts[name] != texts[best]).any()]
    rivals.sort(key=lambda name: -likely[name])
    if not nothing_fits:
        rivals = [name for name in rivals if likely[name] > likely[best] - _MARGIN]
    ways = {tuple(texts[name].tolist()): name for name in reversed(rivals)}  # one of those that read the same
    different = [name for name in rivals if name in ways.values()]
    # whether it is asked hangs on all of them; nobody would choose one in which control characters stand
    chosen = [name for name in different if not np.isin(texts[name], _CONTROLS).any()]
    return Fit(best, tuple(chosen or different)[:_SHOWN])


def strange(encoding: str, found: Triples) -> bytes:
    """The bytes of a part of the text that is in another encoding, told by signs that stand in words, where that other
    one has letters for them all. Empty where there is none.

    Letters of both are among them where the other one makes them as likely in every place: Kåre or KÕre?
    """
    mine = _table(encoding)[1]
    odd = found[_LETTERS[found[:, 0]] & _LETTERS[found[:, 2]] & ~mine[found[:, 1]]]
    if not len(odd):
        return b""
    now = _scores(encoding, odd).max(axis=0)
    gains = {}
    for name in CODECS:
        gain = (_scores(name, odd).max(axis=0) - now)[_table(name)[1][odd[:, 1]]]
        gains[name] = float(gain[gain > _STRANGE].sum())
    second = max(gains, key=lambda name: gains[name])
    if not gains[second]:
        return b""
    text, (other, theirs) = _table(encoding)[0], _table(second)
    signs = (b for b in range(0x80, 256) if theirs[b] and not mine[b] and text[b] not in _IN_NAMES)
    both = found[(mine & theirs & (text != other))[found[:, 1]]]
    if not len(both):
        return bytes(signs)
    worse = _scores(second, both).max(axis=0) < _scores(encoding, both).max(axis=0) - _AS_LIKELY
    return bytes({*signs, *both[:, 1].tolist()} - {*both[worse, 1].tolist()})


@cache
def _table(encoding: str) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.bool_]]:
    """The character of each byte in an encoding, and which are letters."""
    text = [bytes([b]).decode(CODECS[encoding], "replace") for b in range(256)]
    return np.array(text), np.array([b >= 0x80 and _is_letter(c) for b, c in enumerate(text)])


def _is_letter(character: str) -> bool:
    return character.isalpha() and character not in _NO_LETTERS


class _Spelling(NamedTuple):
    """How likely a letter is, by groups of languages, and what stands before and after it: natural logarithms."""

    usual: dict[str, Weights]
    before: dict[str, dict[str, float]]
    after: dict[str, dict[str, float]]
    anywhere: dict[str, float]


@cache
def _spelling() -> _Spelling:
    texts = [text.lower() for text in NAMES]
    groups = [Counter(c for c in text if ord(c) >= 0x80) for text in texts]
    share = [{c: n / group.total() for c, n in group.items()} for group in groups]
    every = {c: sum(each.get(c, 0.0) for each in share) / len(groups) for c in set().union(*groups)}
    whole = Counter(" 0+*" + ascii_lowercase) + Counter("".join(texts))
    anywhere = {c: count / whole.total() for c, count in whole.items()}
    within = [{c: n / len(text) for c, n in Counter(text).items()} for text in texts]
    before: dict[str, dict[str, float]] = {c: defaultdict(float) for c in every}
    after: dict[str, dict[str, float]] = {c: defaultdict(float) for c in every}
    for text in texts:
        for p, c, n in zip(f" {text}", text, f"{text[1:]} ", strict=False):
            if c in every:
                before[c][p] += 1
                after[c][n] += 1
    for c, total in every.items():
        # beside a letter stands what stands in the languages that have it, as far as the names do not tell
        weights = [each.get(c, 0.0) / total / len(groups) for each in share]
        for b, chance in anywhere.items():
            of_these = sum(w * each.get(b, 0.0) for w, each in zip(weights, within, strict=True) if w)
            for side in (before[c], after[c]):
                side[b] += _UNTOLD * (0.8 * of_these + 0.2 * chance)
    return _Spelling(
        usual={c: np.log([0.9 * each.get(c, 0.0) + 0.1 * n + 1e-6 for each in share]) for c, n in every.items()},
        before={c: _logarithms(side) for c, side in before.items()},
        after={c: _logarithms(side) for c, side in after.items()},
        anywhere=_logarithms(whole),
    )


def _logarithms(counts: Mapping[str, float]) -> dict[str, float]:
    total = sum(counts.values())
    return {c: float(np.log(n / total)) for c, n in counts.items()}


def _beside(character: str) -> str:
    """What a neighbour counts as: a small letter, a blank, a figure, another letter or another sign beyond ASCII."""
    if ord(character) < 0x80:
        return character.lower() if character.isalpha() else "0" if character.isdigit() else " "
    if not _is_letter(character):
        return "+"
    return character.lower() if character.lower() in _spelling().usual else "*"


def _scores(encoding: str, found: Triples) -> Weights:
    """How likely each place is in an encoding, for each group of languages: (groups, places)."""
    text, is_letter = _table(encoding)
    made = [
        _letter(*places) if is_letter[byte] else _sign(*places)
        for byte, places in zip(found[:, 1], text[found].tolist(), strict=True)
    ]
    return np.maximum(np.array(made).T, _LEAST)


def _letter(before: str, letter: str, after: str) -> Weights:
    spelling = _spelling()
    small = letter.lower()
    usual = spelling.usual.get(small, _UNKNOWN)
    left = spelling.before.get(small, spelling.anywhere)[_beside(before)]
    right = spelling.after.get(small, spelling.anywhere)[_beside(after)]
    return usual + (left + right + _case(before, letter, after) + _LETTER)


_LETTER: Final = float(np.log(1 - _SHARE_OF_SIGNS))
_BLANK: Final = np.array([32], np.uint8)


def _case(before: str, letter: str, after: str) -> float:
    """How likely a letter is large or small between its neighbours."""
    if letter.isupper():
        if before.islower():
            return -6.0
        return -0.4 if after.islower() else -1.2 if before.isupper() or after.isupper() else -2.5
    if after.isupper():
        return -4.5
    return -1.5 if not before.isalpha() else -0.2


def _sign(before: str, sign: str, after: str) -> Weights:
    spelling = _spelling()
    broken = sign == "\ufffd" or unicodedata.category(sign) == "Cc"
    usual = 1e-9 if broken else _SHARE_OF_SIGNS * _SIGNS.get(sign, _RARE)
    sides = (_beside(before), _beside(after))
    inside = all(side not in " 0+" for side in sides)
    weight = np.log(usual * (_INSIDE.get(sign, 0.004) if inside else 0.5))
    weight += sum(spelling.anywhere[side] if side not in " 0+" else np.log(0.4) for side in sides)
    return np.full(len(NAMES), weight)
