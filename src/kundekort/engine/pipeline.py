"""plan = f(file, answers, decisions, register): the one way to a plan, for files, edited cards, and whoever comes next.

`interpretation` says how a file is read and what its columns become, or what a person has to say first; `plan` compares
its rows with the register, block by block, so that memory is set by the block and not by the file (`draft`). What only
the whole file can tell (values that stand twice, which way round dates are, totals) is gathered in small columns on the
way, and told in the end (`conclusion`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from functools import partial
from typing import Final

from kundekort.engine.ahead import ahead
from kundekort.engine.block_draft import draft_block
from kundekort.engine.conclusion import conclude
from kundekort.engine.draft import BlockDraft, Draft, DraftBuilder, Task
from kundekort.engine.errors import FileRefused
from kundekort.engine.facts import Question, QuestionKind
from kundekort.engine.interpretation import refusal
from kundekort.engine.plan import MemoryRows, Plan, RowSink
from kundekort.engine.reading.table import Block, Source
from kundekort.engine.recipe import ColumnOrder
from kundekort.engine.replanning import Previous, redraft
from kundekort.engine.values import dates

INDEX: Final = "plan"
"""The name of the part that is the index of the plan; all others are those of its draft."""
Progress = Callable[[str, int, int], None]
"""Told the phase, what is done of it and its whole."""
_AHEAD: Final = 2
"""Blocks that are being drafted at a time, besides the one that is read: each takes some dozen megabytes."""


def nothing_told(phase: str, done: int, total: int) -> None:
    """The progress of a plan that nobody waits for."""


def in_memory(name: str) -> RowSink:
    """A place for a part of a plan or a draft of a few rows."""
    return MemoryRows()


def plan(
    source: Source,
    task: Task,
    *,
    ask: bool = False,
    rows: Callable[[str], RowSink] = in_memory,
    progress: Progress = nothing_told,
    keep: Callable[[Draft], None] = lambda draft: None,
    workers: Executor | None = None,
) -> Plan | Question:
    """What is to happen to each row of a file, or with `ask` what has to be said of its dates, or why it is refused.

    `rows` makes a new place for a part of the draft, or the index of the plan (`INDEX`), each time it is
    called with its name. `progress` is told "planning" with the bytes of the file that are done and all of them, then
    "keeping" with rows, and may raise to cancel. `keep` is
    given the draft, by which `plan_again` can be asked when something else is decided. `workers` draft several blocks
    at the same time.
    """
    try:
        draft = _draft(source, task, rows, progress, workers)
    except FileRefused as refused:
        return refusal(refused)
    keep(draft)
    return _concluded(draft, task, rows, progress, ask=ask)


def plan_again(
    previous: Previous,
    task: Task,
    *,
    ask: bool = False,
    rows: Callable[[str], RowSink] = in_memory,
    progress: Progress = nothing_told,
    keep: Callable[[Draft], None] = lambda draft: None,
) -> Plan | Question | None:
    """What `plan` would give, of a file of which the draft under earlier decisions is at hand.

    None where the whole file has to be gone through to know.
    """
    draft = redraft(previous, task)
    if draft is None:
        return None
    keep(draft)
    return _concluded(draft, task, rows, progress, ask=ask)


def _concluded(
    draft: Draft, task: Task, rows: Callable[[str], RowSink], progress: Progress, *, ask: bool
) -> Plan | Question:
    made = conclude(draft, task, rows(INDEX), progress=partial(progress, "keeping"))
    if ask and task.recipe.policy.date_order is None and made.problems["code"].is_in(dates.UNDECIDED).any():
        return Question(QuestionKind.DATES)
    return made


def _draft(
    source: Source,
    task: Task,
    rows: Callable[[str], RowSink],
    progress: Progress,
    workers: Executor | None,
) -> Draft:
    """The draft of all blocks. Only the whole file can tell which way round its slash dates are.

    Most files have no such date. Where one turns up, the blocks are gone through again with what the dates so far say,
    and in the end once more if all of them together say something else.
    """
    orders: Mapping[str, ColumnOrder] = {}
    date_order = task.recipe.policy.date_order
    guessed = date_order is not None
    while True:
        draft = DraftBuilder(rows)
        progress("planning", 0, source.size)
        for done, block in _drafted(source.blocks(), task, orders, workers):
            draft.add(block)
            progress("planning", done, source.size)
            if draft.date_orders and not guessed:
                break
        else:
            if draft.date_orders == orders or date_order is not None:
                return draft.finish()
        guessed, orders = True, draft.date_orders


def _drafted(
    blocks: Iterator[Block], task: Task, orders: Mapping[str, ColumnOrder], workers: Executor | None
) -> Iterator[tuple[int, BlockDraft]]:
    """What each block comes to, with the bytes of the file that are done then."""
    if workers is None:
        for block in blocks:
            yield block.done, draft_block(block, task, orders)
        return
    drafts: deque[tuple[int, Future[BlockDraft]]] = deque()
    try:
        for block in ahead(blocks):
            drafts.append((block.done, workers.submit(draft_block, block, task, orders)))
            if len(drafts) > _AHEAD:
                done, future = drafts.popleft()
                yield done, future.result()
        while drafts:
            done, future = drafts.popleft()
            yield done, future.result()
    finally:  # whoever stops has nothing go on behind his back
        for _, future in drafts:
            if not future.cancel():
                future.exception()
