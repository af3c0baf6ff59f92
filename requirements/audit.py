"""Looks whether faults are known of what the lock files name, at whichever service this machine reaches.

Ends with 1 where one is that `accepted.txt` does not name, and with 0 where no service answers, which it says.
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
LOCKS: Final = (FOLDER / "run.txt", FOLDER / "dev.txt")
ACCEPTED: Final = FOLDER / "accepted.txt"
SECONDS: Final = 120
"""How long a service may take for everything; one that takes longer counts as not reached."""
ANSWER_SECONDS: Final = 5
"""How long it may take for one package."""


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """A known fault of a package: all the names that it goes by, and the versions without it."""

    package: str
    names: frozenset[str]
    fixed_in: tuple[str, ...]
    words: str

    def __str__(self) -> str:
        cure = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "not fixed yet"
        return f"{self.package}: {', '.join(sorted(self.names))}, {cure}. {self.words}"


@dataclass(frozen=True, slots=True)
class AuditResult:
    """What a service has told: the packages it knew, those it did not, and the faults."""

    known: frozenset[str]
    unknown: frozenset[str]
    faults: tuple[Vulnerability, ...]


def accepted(path: Path) -> dict[str, str]:
    """The names of faults that are accepted, and why. Ends the program where a reason is missing."""
    found = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        name, _, reason = line.partition(" ")
        if name and not name.startswith("#"):
            if not reason.strip():
                sys.exit(f"{path.name}: why is {name} accepted? Write the reason after it.")
            found[name] = reason.strip()
    return found


def ask(service: Sequence[str], locks: Sequence[Path], *, seconds: int) -> AuditResult | None:
    """What a service knows of the packages in lock files; None where it does not answer, or not in time."""
    files = [word for lock in locks for word in ("-r", str(lock))]
    command = [sys.executable, "-m", "pip_audit", *files, "--disable-pip", "--format", "json", "--desc", "on"]
    options = ["--progress-spinner", "off", "--timeout", str(ANSWER_SECONDS)]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [*command, *options, *service], capture_output=True, text=True, check=False, timeout=seconds
        )
        told = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return None
    known = {one["name"] for one in told if "skip_reason" not in one}
    faults = [_fault(one, fault) for one in told for fault in one.get("vulns", ())]
    return AuditResult(frozenset(known), frozenset(one["name"] for one in told) - known, tuple(faults))


def _fault(package: dict[str, Any], told: dict[str, Any]) -> Vulnerability:
    names = frozenset([told["id"], *told["aliases"]])
    words = told["description"].partition(". ")[0][:200]
    return Vulnerability(f"{package['name']} {package['version']}", names, tuple(told["fix_versions"]), words)


def main() -> int:
    """Ask one service after the other until all packages are known; the code to end with."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--osv-url", help="ask this address alone, in the way of OSV")
    parser.add_argument("--lock", action="append", type=Path, help="look at this file instead of all lock files")
    parser.add_argument("--accepted", type=Path, default=ACCEPTED)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    wish = parser.parse_args()
    only = wish.osv_url and [("--vulnerability-service", "osv", "--osv-url", wish.osv_url)]
    names, known, unknown, faults = accepted(wish.accepted), set[str](), set[str](), list[Vulnerability]()
    for service in only or [("--vulnerability-service", name) for name in ("pypi", "osv")]:
        if (found := ask(service, wish.lock or LOCKS, seconds=wish.seconds)) is not None:
            known |= found.known
            unknown = (unknown | found.unknown) - known
            faults += [fault for fault in found.faults if not fault.names & {n for f in faults for n in f.names}]
            if not unknown:
                break
    if not known:
        print("The dependencies were not audited: no service that knows of faults answers on this machine.")
        return 0
    left = [fault for fault in faults if not fault.names & names.keys()]
    for fault in left:
        print(fault, file=sys.stderr)
    parts = [f"{len(known)} dependencies audited, {len(left)} known faults"]
    parts += [f"{len(faults) - len(left)} accepted"] if len(faults) > len(left) else []
    parts += [f"not known to any service: {', '.join(sorted(unknown))}"] if unknown else []
    print("; ".join(parts) + ".")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
