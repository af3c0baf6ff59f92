"""What single things are called in the active language; the name in the code where there is no other."""

from __future__ import annotations

from django.utils.translation import gettext as _

from kundekort.wording.columns import KINDS
from kundekort.wording.files import ENCODINGS, FILE_FORMATS, SEPARATORS
from kundekort.wording.people import ROLE_HELP, ROLES
from kundekort.wording.problems import PROBLEM_KINDS
from kundekort.wording.progress import EXPORT_STATES, PHASES, STATES
from kundekort.wording.segments import OPERATORS


def kind_of_field(name: str) -> str:
    """The kind of an own field."""
    return str(KINDS.get(name, name))


def kind_of_problem(code: str, field_label: str = "") -> str:
    """A kind of problem in a few words, with the field it is about."""
    return f"{field_label}: {PROBLEM_KINDS[code]}" if field_label else str(PROBLEM_KINDS[code])


def operator(name: str) -> str:
    """What a rule asks."""
    return str(OPERATORS.get(name, name))


def phase(name: str) -> str:
    """What a job is doing."""
    return str(PHASES.get(name, name))


def state(name: str) -> str:
    """Where an import is on its way."""
    return str(STATES.get(name, name))


def export_state(name: str) -> str:
    """Where an export is on its way."""
    return str(EXPORT_STATES.get(name, name))


def file_format(name: str) -> str:
    """The kind of file that a list is written to."""
    return str(FILE_FORMATS.get(name, name))


def role(name: str | None) -> str:
    """What somebody is who has a role; also for none."""
    return str(ROLES.get(name or "", name))


def role_help(name: str | None) -> str:
    """What somebody may do who has a role, as a sentence."""
    return str(ROLE_HELP.get(name or "", ""))


def separator(character: str) -> str:
    """The name of a separator, in lower case; a workbook has none."""
    return str(SEPARATORS.get(character, character)) if character else _("cell borders")


def encoding(name: str) -> str:
    """The name of an encoding as spreadsheets write it."""
    return ENCODINGS.get(name, name)
