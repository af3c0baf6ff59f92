"""How often the guards of cells cry wolf at honest edits, and how much damage they miss, on invented customers:

    .venv/bin/python -m bench.guards [CUSTOMERS] [SEED]

The same register each time: once every card is edited by hand (`tests.engine.guards.edits`), then for each kind of
damage a program has gone over all of its columns.
"""

from __future__ import annotations

import random
import sys

from tests.engine.guards import edits
from tests.engine.guards.test_damage import register_of, text_of
from tests.engine.memory import plan


def main() -> None:
    """False alarms first, misses by kind after them."""
    given = [int(text) for text in sys.argv[1:]]
    count, seed = (*given, *(20_000, 8)[len(given) :])
    rng = random.Random(seed)  # noqa: S311 - invented customers
    cards = [edits.card(rng) for _ in range(count)]
    register, keys = register_of(*cards), list(cards[0])
    made = plan(text_of({n: edits.edited(rng, card) for n, card in enumerate(cards, start=1)}, keys), register)
    alarms = dict(made.evidence["code"].value_counts().iter_rows())
    print(f"honest: {sum(made.changes.values())} cells edited, findings {len(made.findings)}, noticed {alarms}")
    for code in edits.DAMAGE:
        rows = {n: edits.damaged(card, code) for n, card in enumerate(cards, start=1)}
        changed = sum(row[key] != cards[n - 1][key] for n, row in rows.items() for key in keys)
        made = plan(text_of(rows, keys), register)
        found = made.evidence.filter(made.evidence["code"] == code).height
        other = made.evidence.height - found
        print(f"{code}: {changed} cells damaged, {changed - found} missed, {other} taken for something else")


if __name__ == "__main__":
    main()
