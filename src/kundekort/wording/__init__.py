"""The words for every code: what is wrong, why, and the way on, in the language that is active.

The tables here are the only ones of messages, for all doors. Codes and parameters come in, sentences go out; nothing
here decides anything or asks the register: what it has made itself is handed in by `use_schema` or `schema`.
"""

from __future__ import annotations

from kundekort.wording.accounts import LOGIN_FAULTS, PASSWORD_MAIL, SIGN_ON_FAULTS
from kundekort.wording.anonymisation import ANONYMISATION_STATES, CLEARING, anonymisation_state, anonymised, clearing
from kundekort.wording.audit import AUDIT_COLUMNS, AUDIT_EVENTS, AUDIT_GROUPS, AUDIT_NAMES, AUDIT_WORDS, SETTINGS
from kundekort.wording.columns import COLUMN_FAULTS, KINDS
from kundekort.wording.confirmation import confirmation
from kundekort.wording.conflicts import author, whole_card
from kundekort.wording.decisions import CHOICES, DECISIONS, choice, decision
from kundekort.wording.fields import current_schema, field, schema, use_schema
from kundekort.wording.files import ENCODINGS, FILE_FORMATS, FILE_KINDS, SEPARATORS, file_size
from kundekort.wording.findings import (
    ANSWERS,
    FINDINGS,
    NAMES,
    ROW_ANSWERS,
    SAME,
    answer,
    evidence,
    finding,
    finding_name,
)
from kundekort.wording.health import CHECKS, HEALTH, MARKS
from kundekort.wording.imports import DAY_COUNTS, UNDO_TITLES, day_counts, import_title
from kundekort.wording.names import (
    encoding,
    export_state,
    file_format,
    kind_of_field,
    kind_of_problem,
    operator,
    phase,
    role,
    role_help,
    separator,
    state,
)
from kundekort.wording.people import (
    PERSON_FAULTS,
    ROLE_HELP,
    ROLES,
    SCOPES,
    SECOND_PERSON,
    TOKEN_FAULTS,
    no_user,
)
from kundekort.wording.phones import phone
from kundekort.wording.places import countries, country_name, language_name, languages
from kundekort.wording.problems import CARD_PROBLEMS, PROBLEM_KINDS, PROBLEMS, WARNINGS
from kundekort.wording.progress import EXPORT_STATES, PHASES, REASONS, STATES, WRITERS
from kundekort.wording.refusals import REFUSALS
from kundekort.wording.rows import RowLine, customer_name, has_name, row_lines, row_problem
from kundekort.wording.segments import FAULTS, OPERATORS, SUBJECTS
from kundekort.wording.sentences import (
    Count,
    audit_event,
    card_problem,
    column_fault,
    health,
    in_english,
    person_fault,
    problem,
    reason,
    refusal,
    second_person,
    segment_fault,
    warning,
    writer,
)
from kundekort.wording.values import value

__all__ = [
    "ANONYMISATION_STATES",
    "ANSWERS",
    "AUDIT_COLUMNS",
    "AUDIT_EVENTS",
    "AUDIT_GROUPS",
    "AUDIT_NAMES",
    "AUDIT_WORDS",
    "CARD_PROBLEMS",
    "CHECKS",
    "CHOICES",
    "CLEARING",
    "COLUMN_FAULTS",
    "Count",
    "DAY_COUNTS",
    "DECISIONS",
    "ENCODINGS",
    "EXPORT_STATES",
    "FAULTS",
    "FILE_FORMATS",
    "FILE_KINDS",
    "FINDINGS",
    "HEALTH",
    "KINDS",
    "LOGIN_FAULTS",
    "MARKS",
    "NAMES",
    "OPERATORS",
    "PERSON_FAULTS",
    "PASSWORD_MAIL",
    "PHASES",
    "PROBLEMS",
    "PROBLEM_KINDS",
    "REASONS",
    "REFUSALS",
    "ROLES",
    "ROLE_HELP",
    "ROW_ANSWERS",
    "RowLine",
    "SAME",
    "SCOPES",
    "SECOND_PERSON",
    "SEPARATORS",
    "SETTINGS",
    "SIGN_ON_FAULTS",
    "STATES",
    "SUBJECTS",
    "TOKEN_FAULTS",
    "UNDO_TITLES",
    "WARNINGS",
    "WRITERS",
    "anonymisation_state",
    "anonymised",
    "answer",
    "audit_event",
    "author",
    "card_problem",
    "choice",
    "clearing",
    "column_fault",
    "confirmation",
    "countries",
    "country_name",
    "current_schema",
    "customer_name",
    "day_counts",
    "decision",
    "encoding",
    "evidence",
    "export_state",
    "field",
    "file_format",
    "file_size",
    "finding",
    "finding_name",
    "has_name",
    "health",
    "import_title",
    "in_english",
    "kind_of_field",
    "kind_of_problem",
    "language_name",
    "languages",
    "no_user",
    "operator",
    "person_fault",
    "phase",
    "phone",
    "problem",
    "reason",
    "refusal",
    "role",
    "role_help",
    "row_lines",
    "row_problem",
    "schema",
    "second_person",
    "segment_fault",
    "separator",
    "state",
    "use_schema",
    "value",
    "warning",
    "whole_card",
    "writer",
]
