from __future__ import annotations

from collections.abc import Callable

from kundekort.engine.recipe import Match, Policy
from kundekort.services import preview
from kundekort.store.models import Import


def test_it_goes_on_past_a_nul_where_cards_are_looked_up(upload: Callable[..., Import]) -> None:
    texts = {
        "CustomerID;FirstName;Gender;ExternalID\n0;A;1;X\0Y\n0;B;1;Z\n": Policy(),
        "FirstName;Gender;Email\nA;1;x\0y@example.no\nB;1;z@example.no\n": Policy(match=Match.EMAIL),
    }
    for text, policy in texts.items():
        imp = upload(text, policy=policy)
        assert (imp.totals["new"], imp.totals["errors"]) == (1, 1)
        assert "nul_byte" in {p.code for _, p in preview.problems(imp, limit=9)}
