"""From checked rows and the register's cards to what each row would change. Knows no decision and no SQL.

The register comes as frames of `frames.cards`. Which cards and which columns a diff needs is said by `keys` and
`needed_fields`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from kundekort.engine import frames, problem
from kundekort.engine.check import CheckedRows
from kundekort.engine.frames import OLD
from kundekort.engine.mapping import key_field
from kundekort.engine.recipe import EmptyCells, Policy
from kundekort.engine.schema import Field, Kind, Schema
from kundekort.engine.values import canonical

EMPTIED: Final = "_emptied"
_KEY: Final = "_key"
_KNOWN: Final = pl.col(OLD + "id").is_not_null()


@dataclass(frozen=True, slots=True)
class Difference:
    """Each row beside its card.

    `rows`: ROW, LINE, ID (0 new, null unknown), VERSION, then for each of `fields` the value the card would have, and
    for each under the prefix OLD the stored value where it changes and null where not, and EMPTIED, the number of its
    filled cells that stand empty in the file. `problems` are all of these rows.
    """

    rows: pl.DataFrame
    problems: pl.DataFrame
    fields: tuple[Field, ...]


def given_fields(rows: pl.DataFrame, schema: Schema) -> tuple[Field, ...]:
    """The fields of the schema that the file gives values for."""
    return tuple(f for f in schema.values if f.key in rows.columns)


def needed_fields(fields: Sequence[Field], policy: Policy, schema: Schema) -> tuple[Field, ...]:
    """The stored fields a diff needs: those in the file, and those that its checks of the whole card look at."""
    kinds = {f.kind for f in fields}
    keys = {f.key for f in fields} | set(schema.one_of)
    if kinds & {Kind.ZIP, Kind.COUNTRY}:
        keys |= {f.key for f in schema if f.kind in (Kind.ZIP, Kind.COUNTRY)}
    if (by := key_field(policy, schema)) is not None:
        keys.add(by.key)
    return tuple(f for f in schema.values if f.key in keys)


def keys(rows: pl.DataFrame, by: Field) -> pl.Series:
    """What each row looks its card up by: Int64 for ids (null where not a number), else comparable text."""
    if by.kind is Kind.ID:
        return rows[by.key].cast(pl.Int64, strict=False)
    return rows.select(canonical.comparable(by, pl.col(by.key)).alias(by.key))[by.key]


def diff(
    checked: CheckedRows,
    *,
    cards: pl.DataFrame,
    owners: Mapping[str, pl.DataFrame],
    redirects: pl.DataFrame,
    policy: Policy,
    schema: Schema,
) -> Difference:
    """Compare checked rows with their cards.

    `cards` are those that `keys` names, with the columns that `needed_fields` names. `owners` holds for each unique
    field of the file the `id` of the cards that have one of the file's values now, and that value under the field's
    key. `redirects` are merged cards (`frames.REDIRECTS`).
    """
    fields = given_fields(checked.rows, schema)
    rows, problems = _beside(checked.rows, cards=cards, redirects=redirects, policy=policy, schema=schema)
    emptied = [(_KNOWN & (pl.col(f.key) == "") & (pl.col(OLD + f.key) != "")).fill_null(False) for f in fields]
    changed = {f.key: _changed(f, policy) for f in fields}
    # Two steps, because the problems of the whole card are about its final values and look at the stored ones.
    rows = rows.with_columns(
        pl.sum_horizontal(pl.lit(0, pl.UInt32), *emptied).cast(pl.UInt32).alias(EMPTIED),
        *(_final(f, changed[f.key]) for f in fields),
        *(changed[f.key].alias(frames.CHANGED + f.key) for f in fields),
    )
    problems += _of_new_cards(rows, fields=fields, schema=schema)
    problems += _of_whole_cards(rows, fields=fields, schema=schema)
    whose = _of_known_cards(rows, [checked.problems, *problems], policy=policy, schema=schema)
    problems += [_taken(whose, f, owners[f.key]) for f in fields if f.unique]
    old = [pl.when(frames.CHANGED + f.key).then(OLD + f.key).alias(OLD + f.key) for f in fields]
    return Difference(
        rows=rows.select(
            *(frames.ROW, frames.LINE, frames.ID, frames.VERSION), *(f.key for f in fields), *old, EMPTIED
        ),
        problems=frames.concat([_without_old_gaps(checked.problems, rows, fields), *problems], frames.PROBLEMS),
        fields=fields,
    )


def _beside(
    rows: pl.DataFrame, *, cards: pl.DataFrame, redirects: pl.DataFrame, policy: Policy, schema: Schema
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """The rows with ID, VERSION and their card's stored values beside them, and the problems of finding the card."""
    old = cards.rename(lambda name: OLD + name)
    by = key_field(policy, schema)
    problems = []
    if by is None:
        rows = rows.with_columns(pl.lit(None, dtype=pl.Int64).alias(_KEY))
        old = old.clear().with_columns(pl.lit(None, dtype=pl.Int64).alias(_KEY))
    else:
        rows = rows.with_columns(keys(rows, by).alias(_KEY))
        old = old.with_columns(canonical.comparable(by, pl.col(OLD + by.key)).alias(_KEY))
        if by.kind is not Kind.ID:
            alike = old.filter(pl.col(_KEY).is_duplicated())
            ids = alike.group_by(_KEY).agg(pl.col(OLD + "id").sort().head(5).alias("ids"))
            several = rows.join(ids, on=_KEY, how="inner")
            problems.append(_problem(several, by, "key_ambiguous", params={"ids": pl.col("ids")}))
            old = old.unique(_KEY, keep="first")
    rows = rows.join(old, on=_KEY, how="left", maintain_order="left")
    if by is not None and by.kind is Kind.ID:
        card = pl.col(_KEY)
        problems += _without_card(rows.filter((pl.col(_KEY) > 0) & ~_KNOWN), by, redirects=redirects)
    else:
        card = pl.col(OLD + "id").fill_null(0)
    version = pl.col(OLD + "version").fill_null(0)
    return rows.with_columns(card.alias(frames.ID), version.alias(frames.VERSION)), problems


def _without_card(rows: pl.DataFrame, by: Field, *, redirects: pl.DataFrame) -> list[pl.DataFrame]:
    """Rows whose number no card has: because it was merged into another, or because it never was one."""
    merged = redirects.select(pl.col("id").alias(_KEY), pl.col("into").alias("_into"))
    return [
        _problem(rows.join(merged, on=_KEY, how="inner"), by, "id_merged", params={"into": pl.col("_into")}),
        _problem(rows.join(merged, on=_KEY, how="anti"), by, "id_unknown"),
    ]


def _changed(field: Field, policy: Policy) -> pl.Expr:
    new, old = pl.col(field.key), pl.col(OLD + field.key)
    differs = canonical.comparable(field, new) != canonical.comparable(field, old)
    if policy.empty_cells is EmptyCells.KEEP:
        differs &= new != ""
    return (_KNOWN & differs).fill_null(False)


def _final(field: Field, changed: pl.Expr) -> pl.Expr:
    """The file's value where it changes the card or there is no card, else the stored one: its spelling is kept."""
    return pl.when(_KNOWN & ~changed).then(pl.col(OLD + field.key)).otherwise(pl.col(field.key)).alias(field.key)


def _of_new_cards(rows: pl.DataFrame, *, fields: Sequence[Field], schema: Schema) -> list[pl.DataFrame]:
    """Required fields that the file has no column for are missing on each new card."""
    new = rows.filter(pl.col(frames.ID) == 0)
    given = {f.key for f in fields}
    missing = [f for f in schema.values if f.key not in given and (f.required or f.kind is Kind.GENDER)]
    return [_problem(new, f, "gender_missing" if f.kind is Kind.GENDER else "required", value="") for f in missing]


def _of_whole_cards(rows: pl.DataFrame, *, fields: Sequence[Field], schema: Schema) -> list[pl.DataFrame]:
    """What is wrong with new or changed cards as a whole; stored cards that a row leaves alone are not judged."""
    is_new = pl.col(frames.ID) == 0
    rows = rows.filter(pl.any_horizontal(is_new, *(frames.CHANGED + f.key for f in fields)))
    given = {f.key for f in fields}

    def value(key: str) -> pl.Expr:
        return pl.col(key if key in given else OLD + key).fill_null("")

    problems = []
    if schema.one_of:
        nameless = rows.filter(pl.all_horizontal(value(key) == "" for key in schema.one_of))
        problems.append(_problem(nameless, None, "name_missing"))
    countries = [f for f in schema if f.kind is Kind.COUNTRY]
    for zip_code in (f for f in schema if f.kind is Kind.ZIP):
        for country in countries:
            pair = [f.key for f in (zip_code, country) if f.key in given]
            if not pair:
                continue
            moved = pl.any_horizontal(is_new, *(frames.CHANGED + key for key in pair))
            wrong = rows.filter(moved, ~canonical.zip_fits(value(zip_code.key), value(country.key))).with_columns(
                value(zip_code.key).alias("_value"), value(country.key).alias("_country")
            )
            params = {"country": pl.col("_country")}
            problems.append(_problem(wrong, zip_code, "zip_invalid", value=pl.col("_value"), params=params))
    return problems


def _without_old_gaps(problems: pl.DataFrame, rows: pl.DataFrame, fields: Sequence[Field]) -> pl.DataFrame:
    """The problems without required values that the card lacks as well: a field may have become required since."""
    for field in (f for f in fields if f.required):
        lacking = rows.filter(_KNOWN, pl.col(OLD + field.key) == "")[frames.ROW]
        old = (
            (pl.col("code") == "required")
            & (pl.col("field") == field.key)
            & pl.col(frames.ROW).is_in(lacking.implode())
        )
        problems = problems.filter(~old.fill_null(False))
    return problems


def _of_known_cards(
    rows: pl.DataFrame, problems: Sequence[pl.DataFrame], *, policy: Policy, schema: Schema
) -> pl.DataFrame:
    """The rows of which it is known what card they are about; of others nothing can be said that their card decides."""
    by = key_field(policy, schema)
    if by is None:
        return rows
    lost = pl.concat([p.filter(pl.col("field") == by.key).select(frames.ROW) for p in problems])
    return rows.join(lost, on=frames.ROW, how="anti")


def _taken(rows: pl.DataFrame, field: Field, owners: pl.DataFrame) -> pl.DataFrame:
    """Rows that give their card a value which stands on another card now."""
    taken = owners.select(pl.col("id").alias("_owner"), pl.col(field.key))
    clash = rows.select(frames.ROW, frames.LINE, frames.ID, field.key).join(taken, on=field.key, how="inner")
    clash = clash.filter(pl.col("_owner") != pl.col(frames.ID))
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
