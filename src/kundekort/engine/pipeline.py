"""plan = f(file, answers, decisions, register): the one way to a plan, for files, edited cards, and whoever comes next.

`interpretation` says how a file is read and what its columns become, or what a person has to say first; `plan` compares
its rows with the register, block by block, so that memory is set by the block and not by the file (`draft`). What only
the whole file can tell (values that stand twice, which way round dates are, totals) is gathered in small columns on the
way, and told in the end (`conclusion`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kundekort.engine.conclusion import conclude
from kundekort.engine.draft import Draft, DraftBuilder, Task
from kundekort.engine.errors import FileRefused
from kundekort.engine.facts import Question, QuestionKind
from kundekort.engine.interpretation import refusal
from kundekort.engine.plan import MemoryRows, Plan, RowSink
from kundekort.engine.reading.table import Source
from kundekort.engine.recipe import DateOrder
from kundekort.engine.replanning import Previous, redraft


def plan(
    source: Source,
    task: Task,
    *,
    ask: bool = False,
    rows: Callable[[], RowSink] = MemoryRows,
    progress: Callable[[int, int], None] = lambda done, total: None,
    keep: Callable[[Draft], None] = lambda draft: None,
) -> Plan | Question:
    """What is to happen to each row of a file, or with `ask` what has to be said of its dates, or why it is refused.

    `rows` makes a new place for the values each time it is called. `progress` is told (bytes of the file done, its
    bytes) and may raise to cancel. `keep` is given the draft, by which `plan_again` can be asked when something else
    is decided.
    """
    try:
        draft = _draft(source, task, rows, progress)
    except FileRefused as refused:
        return refusal(refused)
    keep(draft)
    return _concluded(draft, task, ask=ask)


def plan_again(
    previous: Previous, task: Task, *, ask: bool = False, keep: Callable[[Draft], None] = lambda draft: None
) -> Plan | Question | None:
    """What `plan` would give, of a file of which the draft under earlier decisions is at hand.

    None where the whole file has to be gone through to know.
    """
    draft = redraft(previous, task)
    if draft is None:
        return None
    keep(draft)
    return _concluded(draft, task, ask=ask)


def _concluded(draft: Draft, task: Task, *, ask: bool) -> Plan | Question:
    made = conclude(draft, task)
    if ask and task.recipe.policy.date_order is None and "date_ambiguous" in made.problems["code"]:
        return Question(QuestionKind.DATES)
    return made


def _draft(source: Source, task: Task, rows: Callable[[], RowSink], progress: Callable[[int, int], None]) -> Draft:
    """The draft of all blocks. Only the whole file can tell which way round its slash dates are.

    Most files have no such date. Where one turns up, the blocks are gone through again with what the dates so far say,
    and in the end once more if all of them together say something else.
    """
    orders: Mapping[str, DateOrder] = {}
    date_order = task.recipe.policy.date_order
    guessed = date_order is not None
    while True:
        draft = DraftBuilder(task, orders, rows())
        progress(0, source.size)
        for block in source.blocks():
            draft.add(block)
            progress(block.done, source.size)
            if draft.date_orders and not guessed:
                break
        else:
            if draft.date_orders == orders or date_order is not None:
                return draft.finish()
        guessed, orders = True, draft.date_orders
