"""Notes: text on as many lines as it takes.

Accepted: anything. Canonical: as it is cleaned (`text.clean`). Of several cards' notes none is lost.
"""

from __future__ import annotations

from typing import Final

from kundekort.engine.values.rules import KindRules, as_is

RULES: Final = KindRules(read=as_is, union="\n\n".join)
