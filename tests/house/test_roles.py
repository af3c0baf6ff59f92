"""Whatever a service does for somebody, it asks first whether they may."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from kundekort import services

ON_BEHALF = {
    "audit.record": "tells what was done",
    "audit.record_each": "tells what was done",
    "anonymising.write": "is the job of `begin`, which has asked",
    "backup.record": "tells what was done",
    "restore.record": "tells what was done",
    "second_factors.note_addition": "tells what was done",
    "second_factors.note_removal": "tells what was done",
    "four_eyes.authors": "compares, for services that have asked",
    "four_eyes.is_own": "compares, for services that have asked",
    "four_eyes.refuse_own": "compares, for services that have asked",
    "passwords.change_own": "is everybody's who has an account",
    "confirming.apply": "is what `confirm`, which has asked, does at once or has a job do",
    "revisions.write": "is called within a transaction of a service that has asked",
}
"""What takes an actor without asking, and why."""


def functions() -> dict[str, ast.FunctionDef]:
    """Every function of the services, by module and name."""
    return {
        f"{path.stem}.{node.name}": node
        for path in sorted(Path(services.__path__[0]).glob("*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }


FUNCTIONS = functions()


def takes_actor(function: ast.FunctionDef) -> bool:
    return any(argument.arg == "actor" for argument in (*function.args.args, *function.args.kwonlyargs))


def calls(name: str) -> Iterator[str]:
    """The functions to which one hands its actor on, by module and name; `actor.require` itself as that."""
    module = name.partition(".")[0]
    for node in ast.walk(FUNCTIONS[name]):
        if isinstance(node, ast.Call):
            what = ast.unparse(node.func)
            if what == "actor.require":
                yield what
            elif any(ast.unparse(argument) == "actor" for argument in (*node.args, *(k.value for k in node.keywords))):
                yield what if "." in what else f"{module}.{what}"


def asks(name: str) -> bool:
    """Whether a function asks for a role, itself or by one to which it hands its actor on."""
    return any(what == "actor.require" or (what in FUNCTIONS and asks(what)) for what in calls(name))


@pytest.mark.parametrize(
    "name", [name for name, function in FUNCTIONS.items() if takes_actor(function) and "._" not in name]
)
def test_it_asks_whether_the_actor_may(name: str) -> None:
    assert asks(name) != (name in ON_BEHALF)
