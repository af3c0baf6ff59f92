"""Every code has words, and the words ask for nothing that the code does not bring."""

import dataclasses
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.functional import Promise

from kundekort import wording
from kundekort.cli import doctor
from kundekort.engine import recipe
from kundekort.engine.decisions import Action, Whose
from kundekort.engine.errors import FILE_CODES
from kundekort.engine.finding import KINDS as FINDINGS
from kundekort.engine.guards.doubles import keys_of
from kundekort.engine.problem import CODES, WARNINGS
from kundekort.engine.schema import Schema
from kundekort.engine.values import countries, languages
from kundekort.services import (
    accounts,
    audit_log,
    deliveries,
    fields,
    health,
    http_client,
    layouts,
    person_names,
    refusals,
    source_places,
    source_runs,
    sources,
    webhook_events,
    webhooks,
)
from kundekort.services.accounts import Role
from kundekort.services.audit import Event
from kundekort.services.four_eyes import Why
from kundekort.services.lists import FileFormat
from kundekort.services.settings import Settings
from kundekort.store.fields import SCHEMA
from kundekort.store.models import Anonymisation, Delivery, Export, Import, Revision, SourceFile
from kundekort.store.progress import SHARES
from kundekort.web.timeline import KINDS
from kundekort.wording import lists as explanations


class Asked(dict[str, int]):
    """Parameters that note what a sentence asks for; every one of them is 2."""

    def __missing__(self, name: str) -> int:
        self[name] = 2
        return 2


def asked(words: str | Promise) -> set[str]:
    params = Asked()
    assert str(words % params)
    return set(params)


def brought(description: str) -> set[str]:
    return set(re.findall(r"\w+", description.partition("params:")[2]))


def kinds_of_refusal(root: type[refusals.Refusal] = refusals.Refusal) -> Iterator[type[refusals.Refusal]]:
    for kind in root.__subclasses__():
        yield kind
        yield from kinds_of_refusal(kind)


REFUSALS = {kind.code: kind.__doc__ or "" for kind in kinds_of_refusal() if kind.code not in ("", "cannot_import")}


@pytest.mark.parametrize(
    ("codes", "table"),
    [
        (CODES, wording.PROBLEMS),
        ({code: CODES[code] for code in wording.CARD_PROBLEMS}, wording.CARD_PROBLEMS),
        (WARNINGS, wording.WARNINGS),
        (FILE_CODES, wording.REFUSALS),
        (REFUSALS, wording.REFUSALS),
    ],
)
def test_it_has_words_for_every_code(codes: dict[str, str], table: dict[str, str | Promise]) -> None:
    assert set(codes) <= set(table)
    always = {"value", "field"} if set(codes) <= set(CODES) else set()
    unfilled = {code: asked(table[code]) - brought(codes[code]) - always for code in codes}
    assert {code: names for code, names in unfilled.items() if names} == {}


def test_it_has_words_for_every_entry_of_the_audit_log() -> None:
    assert set(Event) == set(wording.AUDIT_EVENTS) == set(wording.AUDIT_NAMES)
    assert set(audit_log.GROUPS) == set(wording.AUDIT_GROUPS)
    assert sorted(event for group in audit_log.GROUPS.values() for event in group) == sorted(Event)
    assert {field.name for field in dataclasses.fields(Settings)} == set(wording.SETTINGS)


def test_it_has_words_for_users() -> None:
    assert set(Why) == set(wording.SECOND_PERSON)
    assert {*Role, ""} == set(wording.ROLES) == set(wording.ROLE_HELP)
    code = "".join(inspect.getsource(module) for module in (accounts, person_names))
    assert {*re.findall(r'reason="(\w+)"', code), "role_missing"} == set(wording.PERSON_FAULTS)


def test_it_has_words_for_every_finding_answer_and_decision() -> None:
    assert set(FINDINGS) <= set(wording.FINDINGS)
    assert set().union(*(kind.answers for kind in FINDINGS.values())) <= set(wording.ANSWERS)
    assert set(FINDINGS) <= set(wording.NAMES)
    assert set().union(*(kind.answers for kind in FINDINGS.values())) <= set(wording.ROW_ANSWERS)
    assert set(keys_of({field.key for field in SCHEMA}, SCHEMA)) <= set(wording.SAME)
    assert set(wording.CHOICES) == {f"{whose}{door}" for whose in Whose for door in ("", ".undo")}
    assert set(Action) <= set(wording.DECISIONS)
    earlier = {code: asked(wording.FINDINGS[code]) for code in ("file_again", "same_file")}
    assert all(names <= {"count", "who", "file", "when"} for names in earlier.values())
    others = [words for code, words in wording.FINDINGS.items() if code not in earlier]
    assert set().union(*map(asked, others)) <= {"count", "of", "field"}


def test_it_has_no_words_for_codes_that_are_gone() -> None:
    assert set(wording.PROBLEMS) == set(wording.PROBLEM_KINDS) == set(CODES)
    assert set(wording.WARNINGS) == set(WARNINGS)


def test_it_names_every_phase_state_encoding_and_separator() -> None:
    assert set(wording.PHASES) == set(SHARES)
    assert set(wording.STATES) == set(Import.State.values)
    assert set(wording.EXPORT_STATES) == set(Export.State.values)
    assert set(wording.ANONYMISATION_STATES) == set(Anonymisation.State.values)
    kinds = set(Revision.Kind.values) - {Revision.Kind.ANONYMISATION}  # which nothing takes back
    assert set(wording.UNDO_TITLES) == {*kinds, *(f"{Revision.Kind.UNDO} {kind}" for kind in kinds)}
    assert set(wording.DAY_COUNTS) == set(KINDS)
    assert set(wording.FILE_FORMATS) == set(FileFormat)
    assert set(wording.ENCODINGS) == {*recipe.ENCODINGS, recipe.WORKBOOK}
    assert set(wording.SEPARATORS) == set(recipe.SEPARATORS)


def test_it_has_words_for_every_fault_of_fields_and_layouts() -> None:
    code = "".join(inspect.getsource(module) for module in (fields, layouts))
    assert set(re.findall(r'reason="(\w+)"', code)) == set(wording.COLUMN_FAULTS)


def test_it_has_words_for_webhooks_and_other_servers() -> None:
    assert set(wording.EVENTS) == {*webhook_events.EVENTS, webhook_events.TEST}
    assert set(wording.DELIVERY_STATES) == set(Delivery.State)
    assert set(re.findall(r'reason="(\w+)"', inspect.getsource(webhooks))) == set(wording.WEBHOOK_FAULTS)
    servers = inspect.getsource(http_client)
    reasons = set(re.findall(r'reason="(\w+)"|return "(\w+)"|"(timeout)"|else "(\w+)"', servers))
    assert {word for found in reasons for word in found if word} == set(wording.SERVER_FAULTS)
    assert {"status", "redirect", refusals.SecretUnreadable.code} == set(wording.DELIVERY_FAULTS)
    assert set(re.findall(r'"(gone|failing)"', inspect.getsource(deliveries))) == set(wording.WEBHOOK_NOTICES)


def test_it_has_words_for_sources() -> None:
    code = "".join(inspect.getsource(module) for module in (sources, source_places))
    assert set(re.findall(r'SourceInvalid\(reason="(\w+)"', code)) == set(wording.SOURCE_FAULTS)
    reading = "".join(inspect.getsource(module) for module in (source_places, source_runs))
    told = re.findall(r'SourceUnread\(reason="(\w+)"|return "(\w+)"|= "(login)"|else "(no_sftp|status)"', reading)
    assert {word for found in told for word in found if word} | {"host_key"} == set(wording.READ_FAULTS)
    judging = inspect.getsource(source_runs)
    reasons = {a or b for a, b in re.findall(r'\["(\w+)"\]$|^        "(\w+)": ', judging, re.MULTILINE)}
    assert reasons == set(wording.SOURCE_REASONS)
    assert set(wording.FILE_STATES) == set(SourceFile.State)
    assert {int(minutes) for minutes in wording.INTERVALS} == set(sources.MINUTES)


def test_it_has_words_for_everything_that_doctor_finds() -> None:
    assert set(wording.CHECKS) == set(health.CHECKS)
    assert set(wording.MARKS) == set(health.Mark)
    code = "".join(inspect.getsource(module) for module in (health, doctor))
    assert [known for known in wording.HEALTH if f'"{known}"' not in code] == []
    assert set(re.findall(r'Mark\.\w+, "(\w+)"', code)) <= {*wording.HEALTH, *wording.REFUSALS}


def test_it_explains_lists_in_every_language_of_the_fields() -> None:
    spoken = {language for field in SCHEMA for language in field.labels}
    sentences = [explanations.HEADERS, explanations.REQUIRED, explanations.LONGEST, *explanations.KINDS.values()]
    assert all(set(table) == spoken for table in (explanations.SHEETS, explanations.FILE_NAMES, *sentences))
    assert explanations.sheet_names("fi") == explanations.sheet_names("en")


def test_it_names_every_country_and_language() -> None:
    for language in ("nb", "nn", "en", "sv", "da"):
        with translation.override(language):
            assert set(wording.countries()) == set(countries.CODES)
            assert set(wording.languages()) == set(languages.CODES)
            assert [code for code, name in (wording.countries() | wording.languages()).items() if name == code] == []
    assert wording.country_name("QQ") == "QQ"
    assert wording.language_name("qq") == "qq"


def test_it_puts_them_in_the_order_of_the_alphabet_after_the_near_ones() -> None:
    norwegian = list(wording.countries().values())
    assert norwegian[:3] == ["Norge", "Sverige", "Danmark"]
    assert norwegian[-2:] == ["Øst-Timor", "Østerrike"]
    with wording.in_english():
        english = list(wording.countries().values())
    assert english[0] == "Norway"
    assert english.index("Congo - Kinshasa") < english.index("Côte d’Ivoire") < english.index("Croatia")


def test_it_asks_once_for_a_schema_and_only_when_a_field_is_named() -> None:
    asked = []

    def provider() -> Schema:
        asked.append(1)
        return SCHEMA

    with wording.schema(provider):
        assert wording.warning("blank_rows", {"count": 1})
        assert asked == []
        assert wording.field("first_name") == wording.field("first_name") == "Fornavn"
        with wording.in_english():
            assert wording.field("last_name") == "Last name"
    assert asked == [1]


def test_it_makes_words_without_a_database() -> None:
    sources = "".join(path.read_text() for path in Path(wording.__file__).parent.glob("*.py"))
    assert "django.db" not in sources
    with wording.schema(lambda: Schema(fields=())):
        assert wording.refusal("no_key_column", {"field": "id"}) == (
            "Filen har ingen kolonne for id. Legg den til, eller velg en annen måte å finne kundene på."
        )


@pytest.mark.parametrize(
    ("language", "alike"),
    [
        ("nb", {"ROLES.administrator", "AUDIT_WORDS.what.import"}),
        ("sv", {"CHECKS.disk", "KINDS.text", "AUDIT_WORDS.what.import", "EVENTS.test"}),
        ("da", {"ROLES.administrator", "AUDIT_NAMES.login", "AUDIT_WORDS.what.import", "CHECKS.webhooks"}),
    ],
)
def test_it_speaks_every_language(language: str, alike: set[str]) -> None:
    english = {f"{table}.{code}": said(words, "en") for table, code, words in all_words()}
    other = {f"{table}.{code}": said(words, language) for table, code, words in all_words()}
    assert {name for name, words in english.items() if other[name] == words} == alike


@pytest.mark.parametrize(
    ("language", "quoted", "foreign"),
    [("nb", "«a», «b»", '“”"'), ("sv", "”a”, ”b”", '“«»"'), ("da", "»a«, »b«", '“”"')],
)
def test_it_quotes_as_the_language_does(language: str, quoted: str, foreign: str) -> None:
    quoting = {f"{table}.{code}": said(words, language) for table, code, words in all_words()}
    with translation.override(language):
        quoting["headers"] = wording.warning("columns_ignored", {"headers": ["a", "b"]})
    assert quoted in quoting["headers"]
    assert [name for name, words in quoting.items() if set(words) & set(foreign)] == []


def test_it_counts_one_as_one() -> None:
    with wording.in_english():
        assert wording.problem("row_too_short", {"cells": 1, "expected": 3}).startswith("The row has 1 cell, but")
        assert wording.problem("row_too_long", {"cells": 2, "expected": 1}).startswith("The row has 2 cells, but")
        assert wording.reason("unchanged_or_errors", {"unchanged": 1, "errors": 1}) == (
            "1 row says what the register already says. With errors: 1."
        )


def all_words() -> Iterator[tuple[str, str, str | Promise]]:
    """Every sentence of every table but the names of encodings, which are the same everywhere."""
    for name, table in vars(wording).items():
        if name.isupper() and name != "ENCODINGS" and isinstance(table, dict):
            yield from ((name, code, words) for code, words in table.items())


def said(words: str | Promise, language: str) -> str:
    with translation.override(language):
        return str(words % Asked())


def test_it_says_what_is_wrong_and_the_way_on() -> None:
    with wording.in_english():
        assert wording.problem("gender_missing", {}, "", "Gender") == (
            "Gender is empty. Use 0 for none, 1 for man, 2 for woman."
        )
        assert wording.refusal("no_known_column", {"headers": ["a", "b"], "separator": "\t"}) == (
            "No column of the file is known (read with tab as separator: “a”, “b”). "
            "Use the header names of the template."
        )
        assert wording.warning("blank_rows", {"count": 12345}) == "12,345 empty rows were skipped."
        assert wording.reason("problem", {"code": "gender_unknown", "field": "gender", "count": 3, "line": 12}) == (
            "3 rows, the first on line 12: Gender: not a gender"
        )
        assert wording.reason("file_empty", {}) == wording.refusal("file_empty", {})
        assert wording.refusal("file_too_large", {"limit": 512 << 20}) == (
            "The file is larger than 512\xa0MB, which is the most. Split it into several files."
        )


def test_it_leaves_a_gap_for_a_missing_parameter_and_shortens_long_cells() -> None:
    with wording.in_english():
        words = wording.problem("value_taken", {}, "x\ny" * 100, "External ID")
    assert words.startswith("“x yx yx y")
    assert words.endswith("…” is already on customer …, and only one customer can have it.")
    assert len(words) < 150
