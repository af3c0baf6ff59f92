"""Of several decisions about a cell or a row the last one counts, and it is what a finding says of it too."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kundekort.engine.decisions import Action, Decision, Decisions
from tests.engine.memory import EMPTY, MemoryRegister, plan, whole

NAME = {"field": "last_name"}
FOUND = {"code": "mojibake", **NAME}


@pytest.mark.parametrize(
    ("steps", "names", "answers", "left_out"),
    [
        (
            [Decision(Action.KEEP, rows=(0, 1), **FOUND), Decision(Action.ACCEPT, rows=(0,), **FOUND)],
            ["NygÃ¥rd", "Nygård"],
            ["accept", "keep"],
            0,
        ),
        (
            [Decision(Action.ACCEPT, rows=(0, 1), **FOUND), Decision(Action.KEEP, rows=(0,), **FOUND)],
            ["Nygård", "NygÃ¥rd"],
            ["keep", "accept"],
            0,
        ),
        (
            [Decision(Action.LEAVE_OUT, rows=(0, 1), **FOUND), Decision(Action.ACCEPT, rows=(0,), **FOUND)],
            ["NygÃ¥rd", "NygÃ¥rd"],
            ["accept", "leave_out"],
            1,
        ),
        (
            [Decision(Action.LEAVE_OUT, rows=(0, 1)), Decision(Action.ACCEPT, rows=(0,), **FOUND)],
            ["NygÃ¥rd", "NygÃ¥rd"],
            ["leave_out", "leave_out"],
            2,
        ),
        (
            [Decision(Action.KEEP, rows=(0,), **NAME), Decision(Action.ACCEPT, rows=(0,), **FOUND)],
            ["NygÃ¥rd", "NygÃ¥rd"],
            ["accept", None],
            0,
        ),
        (
            [Decision(Action.KEEP, **NAME), Decision(Action.SET, "Ås", rows=(0,), **NAME)],
            ["Ås", "Nygård"],
            ["keep"],
            0,
        ),
        (
            [Decision(Action.FILL, **NAME), Decision(Action.SET, "Ås", rows=(0,), **NAME)],
            ["Ås", "Nygård"],
            [None],
            0,
        ),
        (
            [Decision(Action.SET, "Ås", rows=(0,), **NAME), Decision(Action.KEEP, **NAME)],
            ["Nygård", "Nygård"],
            ["keep"],
            0,
        ),
    ],
)
def test_the_last_one_counts(
    steps: Sequence[Decision], names: list[str], answers: list[str | None], left_out: int
) -> None:
    cards = {number: EMPTY | {"last_name": "Nygård", "gender": "0"} for number in (1, 2)}
    register = MemoryRegister(cards_by_id=cards, versions=dict.fromkeys(cards, 1))
    taken = Decisions()
    for step in steps:
        taken = taken.take(step)
    made = plan("CustomerID;LastName\n1;NygÃ¥rd\n2;NygÃ¥rd\n", register, decisions=taken.steps)
    assert whole(made)["last_name"].to_list() == names
    assert made.evidence["answer"].to_list() == answers
    assert made.totals.left_out == left_out
