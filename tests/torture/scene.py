"""One installation under torture: acts that are cut short, and after each the laws that have to hold."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from random import Random
from typing import ClassVar

import polars as pl
import psycopg

from tests.torture import files, kills, replay
from tests.torture.acts import Act
from tests.torture.client import Client, CutOff
from tests.torture.installation import Installation
from tests.torture.kills import Tally
from tests.waiting import until

WORKING = (
    "SELECT 'import ' || id || ' ' || state FROM kundekort_import WHERE state IN ('received', 'confirming')"
    " UNION ALL SELECT 'export ' || id || ' ' || state FROM kundekort_export WHERE state = 'waiting'"
    " UNION ALL SELECT 'job ' || id || ' ' || task_name || ' ' || status FROM procrastinate_jobs"
    " WHERE status IN ('todo', 'doing')"
)

BETWEEN = "between"
"""What is going on while no import and no list is worked on: requests, commands that start, merges."""


class Scene:
    """What stays the same while act follows act: the installation, the person, and all that is known of the cards."""

    _seconds: ClassVar[dict[type[Act], float]] = {}
    """What each act takes on this machine when nobody is killed."""

    def __init__(self, house: Installation, *, chance: Random, tally: Tally) -> None:
        self.house, self._chance, self._tally = house, chance, tally
        self._count = 0
        house.serve()
        self._client = Client(house.port)
        self._client.log_in("kari")
        self._births = pl.DataFrame(schema=replay.CARDS).drop("version")
        self._cards = self._look()
        assert files.same(self._cards, files.beginnings())

    def play(self, kind: type[Act], victim: str) -> None:
        """Have an act going on and somebody killed in its midst, at any moment; then see that all laws hold."""
        if kind not in self._seconds:
            self._seconds[kind] = self._undisturbed(kind)
        act = self._prepared(kind)
        thread, faults = self._begin(act)
        self._wait(act, thread)
        moment = self._moment()
        kills.kill(victim, self.house, act.command, self._chance)
        self._tally.count(acts=kind.__name__, victims=victim, moments=moment)
        self._end(act, thread)
        if faults:
            raise faults[0]

    def _wait(self, act: Act, thread: threading.Thread) -> None:
        """Wait for any moment of an act or, every other time, for one at which the import or the list is worked on."""
        if act.told and self._chance.random() < 0.5:
            until(lambda: not thread.is_alive() or self._moment() != BETWEEN)
            thread.join(self._chance.uniform(0, 0.5))
        else:
            thread.join(self._seconds[type(act)] * self._chance.uniform(0, 1.1))

    def _end(self, act: Act, thread: threading.Thread | None = None) -> None:
        """Wait until all is quiet, and judge."""

        def judged() -> bool:
            with suppress(psycopg.OperationalError):  # somebody who was killed was the last to leave it
                self._settle(thread)
                self._judge(act)
                return True
            return False

        until(judged, otherwise=self.house.output)

    def _look(self) -> pl.DataFrame:
        """The register as it is; what is seen of a card for the first time is what it was born with."""
        with self.house.database() as conn:
            cards = replay.cards(conn)
        born = cards.join(self._births, on="id", how="anti")
        assert self._births.is_empty() or (born["version"] == 1).all()
        self._births = pl.concat([self._births, born.drop("version")])
        return cards

    def _undisturbed(self, kind: type[Act]) -> float:
        """The seconds that an act takes when nobody is killed."""
        act = self._prepared(kind)
        begun = time.monotonic()
        act.perform()
        seconds = time.monotonic() - begun
        self._end(act)
        return seconds

    def _prepared(self, kind: type[Act]) -> Act:
        self._count += 1
        mark = f"{kind.__name__}-{self._count}"
        act = kind(self.house, self._client, before=self._cards, mark=mark, chance=self._chance)
        act.prepare()
        act.before = self._cards = self._look()
        return act

    def _begin(self, act: Act) -> tuple[threading.Thread, list[BaseException]]:
        faults: list[BaseException] = []

        def perform() -> None:
            try:
                with suppress(CutOff):
                    act.perform()
            except BaseException as fault:
                faults.append(fault)

        thread = threading.Thread(target=perform, daemon=True)
        thread.start()
        return thread, faults

    def _moment(self) -> str:
        """What is being done just now."""
        rows = self.house.ask(
            "SELECT state || coalesce(' ' || (progress ->> 'phase'), '') FROM ("
            "SELECT state, progress FROM kundekort_import WHERE state IN ('received', 'confirming') UNION ALL"
            " SELECT state, progress FROM kundekort_export WHERE state = 'waiting') working"
        )
        return ", ".join(sorted(row[0] for row in rows)) or BETWEEN

    def _settle(self, thread: threading.Thread | None) -> None:
        """Let everything go on by itself, and time pass, until nothing is going on any more."""

        def quiet() -> bool:
            self.house.serve()
            if thread and thread.is_alive():
                thread.join(0.1)
            self.house.hour_passes()
            working = self._working()
            if working and not any(work.startswith("job") for work in working):
                self.house.minute_passes()
            return not working and not (thread and thread.is_alive())

        until(quiet, otherwise=lambda: f"still going on: {self._working()}\n{self.house.output()}")

    def _working(self) -> list[str]:
        return [row[0] for row in self.house.ask(WORKING)]

    def _judge(self, act: Act) -> None:
        """See that the laws hold now that all is quiet."""
        cards = self._look()
        assert any(files.same(cards, lead) for lead in act.lead()), f"neither before nor after {act.mark}"
        act.check()
        with self.house.database() as conn:
            assert replay.faults(replay.log(conn), self._births, cards) == []
        self._cards = cards
        self.house.day_passes()
        self._settle(None)
        assert self._files() == self._known_files()

    def _files(self) -> set[str]:
        """The files and folders of imports and exports, down to the names of plans."""
        data = self.house.data
        found = {
            *data.glob("imports/*"),
            *data.glob("imports/*/*"),
            *data.glob("imports/*/plans/*"),
            *data.glob("exports/*"),
        }
        return {str(path.relative_to(data)) for path in found if path.name != "plans"}

    def _known_files(self) -> set[str]:
        """Those that there have to be."""
        rows = self.house.ask(
            "SELECT id, undoes_id IS NULL, digest, state FROM kundekort_import"
            " WHERE state NOT IN ('cancelled', 'refused')"
        )
        lists = self.house.ask("SELECT id FROM kundekort_export WHERE state = 'done' AND size IS NOT NULL")
        known = {f"exports/{number}" for (number,) in lists}
        for number, of_file, digest, state in rows:
            known |= {f"imports/{number}", f"imports/{number}/plans/{digest}"}
            known |= {f"imports/{number}/source"} if of_file else set()
            cells = f"imports/{number}/cells"  # a large plan that waits can be made again from these, or from the file
            known |= {cells} if state == "preview" and (self.house.data / cells).exists() else set()
        return known
