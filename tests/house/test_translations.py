"""The translations are complete, they say what the English words say, and what is compiled is what was written."""

from __future__ import annotations

import gettext
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation import templatize

import kundekort
from kundekort.languages import NAMES

PACKAGE = Path(kundekort.__file__).parent
TRANSLATED = sorted(NAMES.keys() - {"en"})  # the sources are English
FUNCTIONS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
QUOTES = {"nb": "«»", "sv": "”", "da": "»«"}
"""How each language quotes; in all of them ’ is an apostrophe."""


def path(language: str) -> Path:
    return PACKAGE / "web" / "locale" / language / "LC_MESSAGES" / "django.po"


@cache
def catalogue(language: str) -> Catalog:
    with path(language).open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def texts(said: object) -> tuple[str, ...]:
    """A message, or its singular and its plural."""
    return (said,) if isinstance(said, str) else tuple(said)  # type: ignore[arg-type]


def pairs(language: str) -> Iterator[tuple[str, str]]:
    """English beside the translation."""
    for message in messages(language):
        yield from zip(texts(message.id), texts(message.string), strict=True)


def sources() -> Iterator[tuple[str | None, tuple[str, ...]]]:
    """The context and the words of every sentence in the code and in the pages."""
    for file in sorted(PACKAGE.rglob("*")):
        if file.suffix == ".py":
            code = file.read_bytes()
        elif file.suffix in (".html", ".txt") and "templates" in file.parts:
            code = re.sub(r"(?m)^\s+", "", templatize(file.read_text())).encode()  # indents mean nothing there
        else:
            continue
        for _line, said, _comments, context in extract("python", io.BytesIO(code), keywords=FUNCTIONS):
            yield context, texts(said)


@cache
def said_in_sources() -> dict[tuple[str | None, str], tuple[str, ...]]:
    return {(context, words[0]): words for context, words in sources()}


@pytest.mark.parametrize("language", TRANSLATED)
def test_it_translates_every_sentence_and_no_other(language: str) -> None:
    said = said_in_sources()
    known = {(message.context, texts(message.id)[0]): texts(message.id) for message in messages(language)}
    assert len(said) > 1500
    assert said.keys() - known.keys() == set(), "make messages"
    assert known.keys() - said.keys() == set(), "make messages"
    assert [words for key, words in known.items() if len(words) != len(said[key])] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_it_leaves_nothing_untranslated_or_guessed(language: str) -> None:
    assert [message.id for message in messages(language) if not all(texts(message.string))] == []
    assert [message.id for message in messages(language) if message.fuzzy] == []
    assert catalogue(language).obsolete == {}
    assert all(len(texts(m.string)) == len(texts(m.id)) for m in messages(language))


@pytest.mark.parametrize("language", TRANSLATED)
def test_it_fills_the_same_gaps_and_keeps_the_same_marks(language: str) -> None:
    def parts(words: str) -> Counter[str]:
        return Counter(re.findall(r"%\(\w+\)[sdf]|%%|</?\w+[^>]*>|\{\w*\}", words))

    odd = [(english, said) for english, said in pairs(language) if parts(english) != parts(said)]
    assert odd == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_it_begins_and_ends_as_the_english_does(language: str) -> None:
    def ends(words: str) -> tuple[str, str, str]:
        before, after = re.match(r"\s*", words), re.search(r"[.:…!?]?\s*$", words)
        return (before[0], after[0]) if before and after else ("", "")

    odd = [(english, said) for english, said in pairs(language) if ends(english) != ends(said)]
    assert odd == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_it_quotes_as_the_language_does(language: str) -> None:
    foreign = set("“”„«»") - set(QUOTES[language])
    odd = [said for _english, said in pairs(language) if set(re.sub(r"<[^>]+>", "", said)) & foreign]
    assert odd == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_compiled_is_what_was_written(language: str) -> None:
    with path(language).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in messages(language):
        words, said = texts(message.id), texts(message.string)
        if len(words) == 1:
            told = (compiled.pgettext(message.context, *words) if message.context else compiled.gettext(*words),)
        elif message.context:
            told = tuple(compiled.npgettext(message.context, *words, count) for count in (1, 2))
        else:
            told = tuple(compiled.ngettext(*words, count) for count in (1, 2))
        assert told == said, "make messages"
