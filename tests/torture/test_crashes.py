"""Whoever is killed at whatever moment: nothing is half done, nothing is done twice, and all goes on by itself."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.torture.acts import ACTS, Act
from tests.torture.conftest import COUNTS
from tests.torture.installation import Installation
from tests.torture.kills import Tally
from tests.torture.scene import Scene

logger = logging.getLogger(__name__)

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("TORTURE_KILLS", "12"))
A_SCENE = 20
"""Kills after which a fresh installation is taken."""


def pairs(seed: str) -> list[tuple[type[Act], str]]:
    """For every kill an act and a victim: all that there are, again and again, each time in another order."""
    every = [(act, victim) for act in ACTS for victim in act.victims]
    chance = Random(seed)
    drawn: list[tuple[type[Act], str]] = []
    while len(drawn) < KILLS:
        drawn += chance.sample(every, len(every))
    return drawn[:KILLS]


@pytest.mark.timeout(3600)  # on a busy machine so many kills take longer than any other test
@pytest.mark.parametrize("first", range(0, KILLS, A_SCENE))
def test_it_is_whole_whoever_is_killed(
    first: int, seed: str, template: Path, record_property: Callable[[str, object], None]
) -> None:
    tally = Tally()
    house = Installation(template)
    try:
        scene = Scene(house, chance=Random(f"{seed} {first}"), tally=tally)
        for number, (act, victim) in enumerate(pairs(seed)[first : first + A_SCENE], first):
            logger.warning("Kill %s: of the %s in the midst of %s.", number, victim, act.__name__)
            scene.play(act, victim)
    finally:
        record_property(COUNTS, json.dumps(tally.counts))
        house.remove()
