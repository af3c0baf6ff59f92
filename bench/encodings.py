"""How well encodings are told apart, as the table of docs/file-format.md:

    .venv/bin/python -m bench.encodings

Files are made of the words by which Babel knows countries, languages and months, which are not those that encodings are
told by (`engine/reading/spelling.py`). Of every language that an encoding is or was used for there is one with a word
for each letter, and lists of 3, 10 and 30 words. A row tells what became of the files that were written in an encoding:
read exactly, asked about, or read as something else without a word, and as what.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from random import Random
from typing import Final

from babel import Locale

from kundekort.engine.reading.encoding import detect
from kundekort.engine.reading.fit import CODECS
from kundekort.wording.files import ENCODINGS

WESTERN: Final = ("nb", "nn", "da", "sv", "fi", "is", "fo", "de", "nl", "fr", "es", "pt", "it")
CENTRAL: Final = ("pl", "cs", "sk", "hu", "hr", "sl", "ro")
BALTIC: Final = ("et", "lv", "lt")
LANGUAGES: Final = {
    "windows-1252": WESTERN,
    "iso-8859-1": WESTERN,
    "iso-8859-15": (*WESTERN, "et"),
    "mac-roman": tuple(language for language in WESTERN if language not in ("is", "fo")),
    "cp850": WESTERN,
    "cp865": ("nb", "nn", "da"),
    "cp437": ("sv", "fi", "de", "fr", "es", "it"),
    "cp861": ("is", "fo"),
    "windows-1250": CENTRAL,
    "windows-1257": BALTIC,
    "windows-1254": ("tr",),
    "windows-1251": ("ru", "uk"),
    "iso-8859-2": CENTRAL,
    "iso-8859-13": BALTIC,
    "cp852": CENTRAL,
    "cp775": BALTIC,
    "mac-iceland": ("is", "fo"),
    "mac-centraleurope": ("pl", "cs", "sk", "hu", *BALTIC),
}
"""The languages that each encoding is or was used for."""
LISTS: Final = (3, 10, 30)
TIMES: Final = 20
OLD: Final = str.maketrans("șțȘȚ", "şţŞŢ")
"""Romanian letters as the encodings of single bytes have them."""


def words(language: str) -> list[str]:
    """The words of a language with letters beyond ASCII."""
    locale = Locale.parse(language)
    known = [*locale.territories.values(), *locale.languages.values(), *locale.months["format"]["wide"].values()]
    return sorted({word.translate(OLD).title() for word in known if not word.isascii()})


def writable(text: str, encoding: str) -> bool:
    """Whether an encoding has all letters of a text."""
    return text.encode(CODECS[encoding], "replace").decode(CODECS[encoding]) == text


def lists(language: str, encoding: str) -> Iterator[list[str]]:
    """The words of each file of a language in an encoding."""
    known = [word for word in words(language) if writable(word, encoding)]
    chance = Random(f"{language} {encoding}")  # noqa: S311 - a bench, no secret
    letters = {letter: word for word in chance.sample(known, len(known)) for letter in word if not letter.isascii()}
    yield list(dict.fromkeys(letters.values()))
    for size in LISTS:
        for _ in range(TIMES):
            yield chance.sample(known, min(size, len(known)))


def outcome(names: list[str], encoding: str) -> str:
    """What becomes of a file: "exact", "asked", or the encoding in which it is misread."""
    text = "CustomerID;Name\r\n" + "".join(f"{n};{name}\r\n" for n, name in enumerate(names, 1))
    data = text.encode(CODECS[encoding])
    found = detect(memoryview(data))
    if found.others:
        return "asked"
    read = data.decode(CODECS.get(found.encoding, found.encoding), "replace")
    return "exact" if read == text else found.encoding


def main() -> None:
    """Print the table as Markdown."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for encoding in CODECS:
        for language in LANGUAGES[encoding]:
            counts[encoding].update(outcome(names, encoding) for names in lists(language, encoding))
    print("| written in | files | exact | asked | misread | as |\n|---|--:|--:|--:|--:|---|")
    for encoding, made in counts.items():
        wrong = Counter({name: n for name, n in made.items() if name not in ("exact", "asked")})
        told = ", ".join(f"{ENCODINGS[name]} {n}" for name, n in wrong.most_common())
        print(
            f"| {ENCODINGS[encoding]} | {made.total():,} | {made['exact'] / made.total():.1%} "
            f"| {made['asked'] / made.total():.1%} | {wrong.total() / made.total():.2%} | {told} |"
        )
    every = sum(counts.values(), Counter[str]())
    wrong_ones = every.total() - every["exact"] - every["asked"]
    print(f"| all | {every.total():,} | {every['exact'] / every.total():.1%} "
          f"| {every['asked'] / every.total():.1%} | {wrong_ones / every.total():.2%} | |")  # fmt: skip


if __name__ == "__main__":
    main()
