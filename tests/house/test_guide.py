"""The guide: every page of the site leads into it, in both languages, to headings that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.urls import get_resolver

from kundekort.web.guide import LANGUAGES
from kundekort.web.help_pages import HELP

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guide"
TEMPLATES = ROOT / "src" / "kundekort" / "web" / "templates"

NO_PAGES = {
    *("guide", "guide-page"),  # they are the guide
    # what is done there leads to a page
    *("logout", "sessions-end", "language", "customer-columns", "duplicates-dismiss", "merge-allow", "undo"),
    *("field-retire", "field-move", "person-lock", "person-unlock", "person-factors", "retention-hold"),
    *("retention-anonymise", "preview-days", "import-cancel", "import-again", "import-take-back", "import-dialect"),
    *("import-mapping", "import-hidden-rows", "import-empty-cells", "import-mended", "import-errors"),
    *("import-decisions", "import-conflicts", "import-confirm", "segment-copy", "export-cancel"),
    *("webhook-act", "webhook-delivery", "token-revoke", "source-act"),
    # parts of pages
    *("customer-count", "import-progress", "import-rows", "import-bands", "import-examples", "segment-result"),
    *("segment-count", "export-progress"),
    # files, and answers to programs
    *("template", "import-failing", "export-file", "audit-file", "customer-disclose", "upload-permission"),
}
"""The addresses at which nobody sees a page of its own."""


def headings(page: Path) -> list[str]:
    """The headings of a page, as they are written."""
    return [line for line in page.read_text().splitlines() if re.match("#+ ", line)]


def anchors(language: str) -> dict[str, list[str]]:
    """The anchors of the headings of each page, by its address within the guide; '' is its first page."""
    pages = sorted((GUIDE / language).glob("*.md"))
    found = {page: [re.findall(r"\{#([\w-]+)\}$", heading) for heading in headings(page)] for page in pages}
    return {"" if page.stem == "index" else f"{page.stem}/": sum(ids, []) for page, ids in found.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_heading_says_its_anchor_which_stands_for_nothing_else(language: str) -> None:
    for page in sorted((GUIDE / language).glob("*.md")):
        ids = anchors(language)["" if page.stem == "index" else f"{page.stem}/"]
        assert len(set(ids)) == len(headings(page)), page.name


def test_every_page_has_its_place_in_the_guide() -> None:
    names = {str(p.name) for p in get_resolver("kundekort.web.urls").url_patterns}
    assert names - NO_PAGES - set(HELP) == set()
    assert names & NO_PAGES & set(HELP) == set()


def test_what_a_template_names_has_its_place_too() -> None:
    texts = "".join(page.read_text() for page in TEMPLATES.rglob("*.html"))
    named = set(re.findall(r'{% help_link "([^"]+)" %}', texts))
    names = {str(p.name) for p in get_resolver("kundekort.web.urls").url_patterns}
    assert named - set(HELP) == set()
    assert set(HELP) - names == named - names
    assert names >= NO_PAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_place_is_there(language: str) -> None:
    there = anchors(language)
    wanted = {tuple(where.partition("#")[::2]) for where in HELP.values()}
    assert {(page, anchor) for page, anchor in wanted if anchor not in {"", *there.get(page, ())}} == set()
    assert {page for page, _ in wanted} <= set(there)


def test_both_languages_tell_of_the_same() -> None:
    norwegian, english = (anchors(language) for language in LANGUAGES)
    assert norwegian == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_in_the_menu_and_every_picture_is_shown_and_described(language: str) -> None:
    config = (GUIDE / f"{language}.yml").read_text()
    pages = {page.name: page.read_text() for page in (GUIDE / language).glob("*.md")}
    assert {name for name in pages if f"- {name}" not in config} == set()
    shown = re.findall(r"!\[([^\]]*)\]\(images/([^)]+)\)", "".join(pages.values()))
    assert [picture for words, picture in shown if not words] == []
    assert {picture for _, picture in shown} == {path.name for path in (GUIDE / language / "images").iterdir()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_leads_to_headings_that_are_there(language: str) -> None:
    there = anchors(language)
    dead = []
    for page in sorted((GUIDE / language).glob("*.md")):
        for target, anchor in re.findall(r"\]\(([\w-]+\.md)?#([\w-]+)\)", page.read_text()):
            name = (target or page.name).removesuffix(".md")
            if anchor not in there.get("" if name == "index" else f"{name}/", ()):
                dead.append(f"{page.name}: {target}#{anchor}")
    assert dead == []


def test_it_fetches_nothing_from_elsewhere() -> None:
    """What would be fetched when a page is shown; the templates of Material are looked at by the browser's tests."""
    texts = "".join(page.read_text() for page in GUIDE.rglob("*") if page.suffix in (".md", ".yml", ".css"))
    assert re.findall(r"https?://\w[^\s)\"]*", texts) == []


QUESTIONS = {
    "What does a yellow cell mean?": ("keys", "en celle som får ny verdi", "a cell that gets a new value"),
    "What do I write as the number of a new customer?": (
        "prepare",
        "Skriv **0** i `CustomerID`",
        "Write **0** in `CustomerID`",
    ),
    "Where do I get a list that I can edit?": (
        "prepare",
        "Last ned med all kundedata",
        "Download with all customer data",
    ),
    "Why is Confirm grey?": ("import", "Er knappen grå", "If the button is grey"),
    "It says 0 Customers updated. What now?": ("nothing", "glemte å lagre i Excel", "forgot to save in Excel"),
    "I imported the wrong file. How do I take it back?": (
        "undo",
        "Trykk **Angre importen …**",
        "Press **Undo the import …**",
    ),
    "Excel has eaten the zeros of my postal codes.": ("findings", "nuller er borte", "zeros lost"),
    "Somebody is there twice. What do I do?": ("duplicates", "Slå sammen til én kunde", "Merge into one customer"),
    "A customer wants to be deleted.": ("privacy", "Anonymiser for godt", "Anonymise for good"),
    "A colleague has forgotten the password.": ("people", "Lag et nytt passord", "Make a new password"),
    "How do I see what is wrong with a file without importing it?": ("prepare", "Prøv en fil", "Try a file"),
}
"""What a newcomer asks, the page that answers, and words of the answer in Norwegian and English."""


@pytest.mark.parametrize("question", QUESTIONS)
def test_it_answers_what_a_newcomer_asks(question: str) -> None:
    page, *answers = QUESTIONS[question]
    told = [
        answer in (GUIDE / language / f"{page}.md").read_text()
        for language, answer in zip(LANGUAGES, answers, strict=True)
    ]
    assert told == [True, True]
