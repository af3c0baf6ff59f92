"""From checked rows and the register's cards to what each row would change. Knows no SQL.

The register comes as frames of `frames.cards`. Which cards and which columns a diff needs is said by `engine.keys`
and `needed_fields`. A row that says which version of its card it was made from is compared three ways: with the card
now, and with what stood there then, so that only what the person has changed since is a change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from kundekort.engine import card, conflicts, damage, frames, keeping, keys, problem, spelling
from kundekort.engine.check import CheckedRows
from kundekort.engine.decisions import Decisions, Whose
from kundekort.engine.frames import BASE, CHANGED, ID, OLD, ROW, VERSION
from kundekort.engine.mapping import Key, key_fields
from kundekort.engine.recipe import EmptyCells, Policy, RowKey
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.values import canonical

EMPTIED: Final = "_emptied"
NEWER: Final = "_newer"
OPEN: Final = "_open"
THEN: Final = "then:"
_KEY: Final = "_key"
_CARD: Final = "_card"
_FOUND: Final = "_found"
_KNOWN: Final = pl.col(OLD + "id").is_not_null()


@dataclass(frozen=True, slots=True)
class Pairs:
    """Each row beside its card.

    `rows`: the checked rows with ID (0 new, null unknown), VERSION, BASE, and the stored values under the prefix OLD,
    null where there is no card. `problems`: those of finding it.
    """

    rows: pl.DataFrame
    problems: tuple[pl.DataFrame, ...]

    @property
    def moved(self) -> pl.DataFrame:
        """The cards that have changed since a row was made, and the versions such rows were made from (`VERSIONS`)."""
        moved = self.rows.filter(_KNOWN, pl.col(BASE) < pl.col(VERSION))
        return moved.select(pl.col(ID).alias("id"), pl.col(BASE).alias("version")).unique()


@dataclass(frozen=True, slots=True)
class Difference:
    """What each row would change on its card.

    `rows`: ROW, LINE, ID, VERSION, BASE, then for each of `fields` the value the card would have, and for each under
    the prefix OLD the stored value where it changes and null where not; EMPTIED, the number of its filled cells that
    stand empty in the file; NEWER, the number of cells that only others have changed since; OPEN, whether it has a
    conflict that is not settled. `problems`, `conflicts` and `evidence` are all of these rows.
    """

    rows: pl.DataFrame
    problems: pl.DataFrame
    conflicts: pl.DataFrame
    evidence: pl.DataFrame
    fields: tuple[Field, ...]


def given_fields(rows: pl.DataFrame, schema: Schema) -> tuple[Field, ...]:
    """The fields of the schema that the file gives values for."""
    return tuple(f for f in schema.values if f.key in rows.columns)


def needed_fields(fields: Sequence[Field], policy: Policy, schema: Schema) -> tuple[Field, ...]:
    """The stored fields a diff needs: those in the file, and those that its checks of the whole card look at."""
    kinds = {f.kind for f in fields}
    needed = {f.key for f in fields} | set(schema.one_of)
    if kinds & {Kind.ZIP, Kind.COUNTRY}:
        needed |= {f.key for f in schema if f.kind in (Kind.ZIP, Kind.COUNTRY)}
    needed |= {f.key for by in key_fields(policy, schema) for f in by}
    return tuple(f for f in schema.values if f.key in needed)


def pair(
    checked: CheckedRows,
    *,
    cards: Sequence[pl.DataFrame] | pl.DataFrame,
    redirects: pl.DataFrame,
    shown: pl.DataFrame,
    policy: Policy,
    schema: Schema,
) -> Pairs:
    """Put each row beside its card: the one that the first of its keys finds.

    `cards` are for each key those that `engine.keys` names (without a key, nobody), with the columns that
    `needed_fields` names; one frame has the card of each row in its order, null where there is none. `redirects` are
    merged cards (`frames.REDIRECTS`), `shown` the versions (`VERSIONS`) that rows without a version of their own were
    made from, where that is known.
    """
    if isinstance(cards, pl.DataFrame):
        rows, problems = checked.rows.hstack(cards.rename(lambda name: OLD + name)), list[pl.DataFrame]()
    else:
        rows, problems = _cards_by_keys(checked.rows, cards, policy=policy, schema=schema)
    rows, lost = _with_numbers(rows, redirects=redirects, policy=policy, schema=schema)
    rows, wrong = _based(rows, checked.problems, shown=shown, policy=policy, schema=schema)
    return Pairs(rows=rows, problems=(*problems, *lost, *wrong))


def brought(found: pl.DataFrame, pairs: Pairs, *, former: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """The problems of cells that the file brings: without those of cells that say what their card said.

    `found` are those of the cells of `pairs`, `former` is as `diff` says.
    """
    fields = given_fields(pairs.rows, schema)
    return _without_untouched(found, _with_former(pairs.rows, former, fields), fields)


def diff(
    pairs: Pairs,
    found: pl.DataFrame,
    *,
    former: pl.DataFrame,
    owners: Mapping[str, pl.DataFrame],
    decisions: Decisions,
    guard: Callable[[pl.DataFrame], pl.DataFrame],
    policy: Policy,
    schema: Schema,
) -> Difference:
    """Compare rows with their cards; `found` are the problems of their cells.

    `former` says what stood in the cells of moved cards that have changed since (`frames.FORMER`). `owners` holds for
    each unique field of the file the `id` of the cards that have one of the file's values now, and that value under the
    field's key. `decisions` settle conflicts, and say which cells keep what they have. `guard` gives evidence
    (`frames.EVIDENCE`) at rows that have the file's values, the stored ones under OLD, and CHANGED.
    """
    fields = given_fields(pairs.rows, schema)
    rows = keeping.with_tags(spelling.as_stored(pairs.rows, fields, schema), fields, decisions)
    rows = _with_former(rows, former, [f for f in fields if not keeping.adds(f, decisions)])
    found = _without_untouched(found, rows, fields)
    both = conflicts.settle(_conflicts(rows, fields, policy), decisions.choices, otherwise=None)
    rows = rows.with_columns(_changed(f, policy, rows, both).alias(CHANGED + f.key) for f in fields)
    evidence = guard(rows)
    kept = keeping.cells(rows, evidence, fields, decisions)
    found, both = (keeping.without(frame, kept) for frame in (found, both))
    changed = {f.key: keeping.changes_unless(f, kept) for f in fields}
    newer = [_newer(f, policy) for f in fields if THEN + f.key in rows.columns]
    emptied = [_emptied(f, rows) for f in fields]
    # Two steps, because the problems of the whole card are about its final values and look at the stored ones.
    rows = rows.with_columns(
        pl.sum_horizontal(pl.lit(0, pl.UInt32), *emptied).cast(pl.UInt32).alias(EMPTIED),
        pl.sum_horizontal(pl.lit(0, pl.UInt32), *newer).cast(pl.UInt32).alias(NEWER),
        pl.col(ROW).is_in(conflicts.open_rows(both).implode()).alias(OPEN),
        *(_final(f, changed[f.key]) for f in fields),
        *(changed[f.key].alias(CHANGED + f.key) for f in fields),
    )
    problems = [*pairs.problems, *_of_new_cards(rows, fields=fields, schema=schema)]
    problems += card.problems(rows, fields=fields, schema=schema)
    if taken := [f for f in fields if f.unique and owners[f.key].height]:
        named = rows.select(ROW, frames.LINE, ID, *(f.key for f in taken))
        whose = _of_known_cards(named, [found, *problems], policy=policy, schema=schema)
        problems += [_taken(whose, f, owners[f.key]) for f in taken]
    old = [pl.when(CHANGED + f.key).then(OLD + f.key).alias(OLD + f.key) for f in fields]
    numbers = (ROW, frames.LINE, ID, VERSION, BASE)
    return Difference(
        rows=rows.select(*numbers, *(f.key for f in fields), *old, EMPTIED, NEWER, OPEN),
        problems=frames.concat([found, *problems], frames.PROBLEMS),
        conflicts=both,
        evidence=evidence,
        fields=fields,
    )


def _cards_by_keys(
    rows: pl.DataFrame, cards: Sequence[pl.DataFrame], *, policy: Policy, schema: Schema
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The rows with the values of the card that their keys find beside them, and the problems of finding several."""
    problems = []
    rows = _with_null(rows, _CARD)
    for by, found in zip(key_fields(policy, schema), cards, strict=False):
        rows, several = _card_by_key(rows, by, found)
        problems.append(several)
    everyone = pl.concat(cards).unique("id") if len(cards) > 1 else cards[0]
    old = everyone.rename(lambda name: OLD + name).with_columns(pl.col(OLD + "id").alias(_CARD))
    return rows.join(old, on=_CARD, how="left", maintain_order="left"), problems


def _with_numbers(
    rows: pl.DataFrame, *, redirects: pl.DataFrame, policy: Policy, schema: Schema
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Rows beside their cards with ID and VERSION, and the problems of numbers that no card has."""
    number, problems = pl.col(OLD + "id"), list[pl.DataFrame]()
    if RowKey.ID in policy.keys:
        field = next(f for f in schema if f.kind is Kind.ID)
        said = keys.value((field,))
        problems = _without_card(rows.filter(~_KNOWN, said > 0), field, redirects=redirects)
        empty = pl.when(pl.col(field.key) == "", pl.lit(len(policy.keys) > 1)).then(0)
        number = pl.coalesce(number, said, empty)  # one that is no number is a problem of its cell
    else:
        number = number.fill_null(0)
    version = pl.col(OLD + "version").fill_null(0)
    return rows.with_columns(number.alias(ID), version.alias(VERSION)), problems


def _card_by_key(rows: pl.DataFrame, by: Key, cards: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with the card that one more key finds, where none was found before, and the problems of several."""
    found = cards.select(keys.value(by).alias(_KEY), pl.col("id").alias(_FOUND)).sort(_FOUND)
    rows = rows.with_columns(keys.value(by).alias(_KEY))
    looked_up = rows.filter(pl.col(_CARD).is_null())
    ids = found.filter(pl.col(_KEY).is_duplicated()).group_by(_KEY).agg(pl.col(_FOUND).head(5).alias("ids"))
    value = pl.concat_str([f.key for f in by], separator=" ")
    several = looked_up.join(ids, on=_KEY, how="inner")
    problems = _problem(several, by[0], "key_ambiguous", value=value, params={"ids": pl.col("ids")})
    first = found.unique(_KEY, keep="first")
    rows = rows.join(first, on=_KEY, how="left", maintain_order="left")
    return rows.with_columns(pl.coalesce(_CARD, _FOUND).alias(_CARD)).drop(_KEY, _FOUND), problems


def _without_card(rows: pl.DataFrame, by: Field, *, redirects: pl.DataFrame) -> list[pl.DataFrame]:
    """Rows whose number no card has: because it was merged, removed or anonymised, or because it never was one."""
    gone = redirects.select(pl.col("id").alias(_KEY), pl.col("into").alias("_into"), _no_one="anonymised")
    rows = rows.with_columns(keys.value((by,)).alias(_KEY))
    known = rows.join(gone, on=_KEY, how="inner")
    return [
        _problem(known.filter(pl.col("_into").is_not_null()), by, "id_merged", params={"into": pl.col("_into")}),
        _problem(known.filter(pl.col("_into").is_null(), ~pl.col("_no_one")), by, "id_removed"),
        _problem(known.filter("_no_one"), by, "id_anonymised"),
        _problem(rows.join(gone, on=_KEY, how="anti"), by, "id_unknown"),
    ]


def _based(
    rows: pl.DataFrame, found: pl.DataFrame, *, shown: pl.DataFrame, policy: Policy, schema: Schema
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The rows with BASE, and the problems of versions that cannot be those of their cards."""
    field = next((f for f in schema if f.kind is Kind.VERSION and f.key in rows.columns), None)
    if not policy.keys:
        field = None
    seen = shown.select(pl.col("id").alias(ID), pl.col("version").alias("_shown"))
    rows = rows.join(seen, on=ID, how="left", maintain_order="left") if seen.height else _with_null(rows, "_shown")
    given = _number(None if field is None else field.key)
    # One that the card has not had yet is a problem of the row, and must not count when the column is left aside later.
    had = pl.when((given > 0) & ~(_KNOWN & (given > pl.col(VERSION)))).then(given)
    rows = rows.with_columns(pl.coalesce(had, "_shown", VERSION).alias(BASE))
    if field is None:
        return rows, []
    wrong = found.filter(pl.col("field") == field.key)[ROW]
    said = rows.filter(given > 0, pl.col(ID).is_not_null(), ~pl.col(ROW).is_in(wrong.implode()))
    ids = [f.key for f in schema if f.kind is Kind.ID and f.key in rows.columns]
    named = _number(ids[0] if ids else None)
    other = ((pl.col(ID) == 0) | ((named > 0) & (named != pl.col(ID)))).fill_null(False)
    newer = _KNOWN & (given > pl.col(VERSION))
    return rows, [
        _problem(said.filter(other), field, "version_other"),
        _problem(said.filter(~other, newer), field, "version_newer", params={"version": pl.col(VERSION)}),
    ]


def _number(key: str | None) -> pl.Expr:
    """The cells of a column as numbers; null where there is none, or no column."""
    return pl.lit(None, dtype=pl.Int64) if key is None else pl.col(key).cast(pl.Int64, strict=False)


def _with_null(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    return rows.with_columns(pl.lit(None, dtype=pl.Int64).alias(name))


def _with_former(rows: pl.DataFrame, former: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """The rows with what stood in the cells that others have changed since, under the prefix THEN, null elsewhere."""
    since = set(former["field"].unique())
    for field in (f for f in fields if f.key in since):
        then = former.filter(pl.col("field") == field.key)
        then = then.select(pl.col("id").alias(ID), pl.col("version").alias(BASE), pl.col("old").alias(THEN + field.key))
        rows = rows.join(then, on=[ID, BASE], how="left", maintain_order="left")
    return rows


def _without_untouched(found: pl.DataFrame, rows: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """The problems without those of cells that say what their card said: it is not the file that brings them.

    A formula that nobody has calculated says nothing, whatever stands on the card.
    """
    named = set(found["field"].unique())
    for field in (f for f in fields if f.key in named):
        base = pl.col(OLD + field.key)
        if THEN + field.key in rows.columns:
            base = pl.coalesce(THEN + field.key, base)
        same = rows.filter(_KNOWN, pl.col(field.key) == base)[ROW]
        untouched = (pl.col("field") == field.key) & pl.col(ROW).is_in(same.implode())
        untouched &= pl.col("code") != "formula_uncalculated"
        found = found.filter(~untouched.fill_null(False))
    return found


def _differs(field: Field, policy: Policy, other: str) -> pl.Expr:
    """Whether the file says something else than what stands under a prefix, and means it."""
    new, old = pl.col(field.key), pl.col(other + field.key)
    differs = canonical.comparable(field, new) != canonical.comparable(field, old)
    if policy.empty_cells is EmptyCells.KEEP:
        differs &= new != ""
    return (_KNOWN & differs).fill_null(False)


def _by_others(field: Field) -> pl.Expr:
    """Whether others have changed the cell since the row was made."""
    then, now = pl.col(THEN + field.key), pl.col(OLD + field.key)
    return (canonical.comparable(field, then) != canonical.comparable(field, now)).fill_null(False)


def _newer(field: Field, policy: Policy) -> pl.Expr:
    """Whether only others have changed the cell, so that their newer value is kept."""
    return _differs(field, policy, OLD) & _by_others(field) & ~_differs(field, policy, THEN)


def _emptied(field: Field, rows: pl.DataFrame) -> pl.Expr:
    """Whether a filled cell of the card stands empty in the file, and not because it was empty then."""
    emptied = _KNOWN & (pl.col(field.key) == "") & (pl.col(OLD + field.key) != "")
    if THEN + field.key in rows.columns:
        emptied &= pl.col(THEN + field.key).fill_null(pl.col(OLD + field.key)) != ""
    return emptied.fill_null(False)


def _conflicts(rows: pl.DataFrame, fields: Sequence[Field], policy: Policy) -> pl.DataFrame:
    """The cells that both the person and others have changed, to different values."""
    types = {name: kind for name, kind in frames.CONFLICTS.items() if name != "whose"}
    both = [pl.DataFrame(schema=types)]
    for field in (f for f in fields if THEN + f.key in rows.columns):
        cells = rows.filter(_differs(field, policy, OLD), _by_others(field), _differs(field, policy, THEN))
        values = {"base": THEN + field.key, "mine": field.key, "theirs": OLD + field.key}
        both.append(
            cells.select(ROW, ID, pl.lit(field.key).alias("field"), **{k: pl.col(v) for k, v in values.items()})
        )
    return pl.concat(both)


def _changed(field: Field, policy: Policy, rows: pl.DataFrame, both: pl.DataFrame) -> pl.Expr:
    """Whether the cell changes: the file says something else, nobody else has, or the file's value is to stay."""
    differs = _differs(field, policy, OLD)
    if THEN + field.key not in rows.columns:
        return differs
    mine = pl.col(ROW).is_in(conflicts.rows_of(both, field.key, Whose.MINE).implode())
    return differs & (~_by_others(field) | mine)


def _final(field: Field, changed: pl.Expr) -> pl.Expr:
    """The file's value where it changes the card or there is no card, else the stored one: its spelling is kept."""
    said = pl.when(pl.col(ID) == 0).then(pl.col(field.key).fill_null("")).otherwise(pl.col(field.key))
    return pl.when(_KNOWN & ~changed).then(pl.col(OLD + field.key)).otherwise(said).alias(field.key)


def _of_new_cards(rows: pl.DataFrame, *, fields: Sequence[Field], schema: Schema) -> list[pl.DataFrame]:
    """What only new cards have no cell for though it is required, and cells that are damage without a value before."""
    new = rows.filter(pl.col(ID) == 0)
    if new.is_empty():
        return []
    given = {f.key for f in fields}
    problems = []
    for field in (f for f in schema.values if f.required or f.kind is Kind.GENDER):
        code = "gender_missing" if field.kind is Kind.GENDER else "required"
        if field.key in given and not new[field.key].null_count():
            continue
        missing = new.filter(pl.col(field.key).is_null()) if field.key in given else new
        problems.append(_problem(missing, field, code, value=""))
    looked_at = [f for f in fields if f.kind in damage.SHOWN_IN]
    possible = new.select(damage.possible(f).alias(f.key) for f in looked_at)
    for field in (f for f in looked_at if possible[f.key].any()):
        rows = new.select(ROW, frames.LINE, field.key).filter(possible[field.key])
        problems += [_problem(rows.filter(sign), field, code) for code, sign in damage.signs(field).items()]
    return problems


def _of_known_cards(
    rows: pl.DataFrame, problems: Sequence[pl.DataFrame], *, policy: Policy, schema: Schema
) -> pl.DataFrame:
    """The rows of which it is known what card they are about; of others nothing can be said that their card decides."""
    by = {f.key for key in key_fields(policy, schema) for f in key}
    lost = pl.concat([p.filter(pl.col("field").is_in(by)).select(ROW) for p in problems])
    return rows.join(lost, on=ROW, how="anti") if lost.height else rows


def _taken(rows: pl.DataFrame, field: Field, owners: pl.DataFrame) -> pl.DataFrame:
    """Rows that give their card a value which stands on another card now."""
    taken = owners.select(pl.col("id").alias("_owner"), pl.col(field.key))
    clash = rows.join(taken, on=field.key, how="inner")
    clash = clash.filter(pl.col("_owner") != pl.col(ID))
    return _problem(clash, field, "value_taken", params={"id": pl.col("_owner")})


def _problem(
    rows: pl.DataFrame,
    field: Field | None,
    code: str,
    *,
    value: pl.Expr | str | None = None,
    params: Mapping[str, pl.Expr] | None = None,
) -> pl.DataFrame:
    """A problem for each of the rows; its value is the field's cell unless another is given."""
    cell = "" if field is None else pl.col(field.key)
    return problem.frame(rows, field=field, code=code, value=cell if value is None else value, params=params)
