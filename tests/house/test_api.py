"""Every operation of the API says who may ask it, is called as nothing else, and stands in the documentation."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from kundekort import wording
from kundekort.api.access import Bearer, Takes
from kundekort.api.application import api
from kundekort.services import tokens
from kundekort.services.accounts import Role, has_role
from kundekort.services.tokens import Scope

ROOT = Path(__file__).parent.parent.parent


def operations() -> dict[str, tuple[str, Any]]:
    """Every operation by its method and address."""
    document = api.get_openapi_schema()
    by_name = {
        operation.view_func.__name__: operation
        for bound in api._get_bound_routers()
        for view in bound.path_operations.values()
        for operation in view.operations
    }
    told = {
        f"{method.upper()} {path}": str(details["operationId"])
        for path, methods in document["paths"].items()
        for method, details in methods.items()
    }
    assert len(set(told.values())) == len(told) == len(by_name)
    return {address: (name, by_name[name]) for address, name in told.items()}


def test_every_operation_names_its_scope_and_its_role() -> None:
    for address, (_, operation) in operations().items():
        access = operation.auth_callbacks[0]
        assert isinstance(access, Bearer), address
        assert has_role(access.role, tokens.LEAST[access.scope]), address
        assert operation.description, address
        reading = access.scope.endswith(":read")
        assert reading or not address.startswith("GET") or access.scope is Scope.EXPORTS, address
        assert reading <= address.startswith("GET"), address
        assert not address.startswith("GET") or access.takes is Takes.NOTHING, address


def test_what_makes_something_takes_a_key() -> None:
    for address, (_, operation) in operations().items():
        access = operation.auth_callbacks[0]
        assert isinstance(access, Bearer)
        makes = 201 in operation.response_models
        assert makes <= access.idempotent, address
        assert access.idempotent <= address.startswith("POST"), address


def test_every_operation_stands_in_the_documentation_and_no_other() -> None:
    text = (ROOT / "docs" / "api.md").read_text()
    told = re.findall(r"^\| `(GET|POST|PUT|PATCH|DELETE) (/api/[^`]*)` \|", text, re.MULTILINE)
    assert sorted(f"{method} {path}" for method, path in told) == sorted(operations())


def test_every_scope_has_a_role_and_words_and_stands_in_the_documentation() -> None:
    assert set(Scope) == set(tokens.LEAST) == set(wording.SCOPES)
    text = (ROOT / "docs" / "api.md").read_text()
    assert {scope for scope in Scope if f"| `{scope}` |" not in text} == set()
    assert set(tokens.offered(Role.ADMINISTRATOR)) == set(Scope)


def test_every_refusal_of_the_api_has_words() -> None:
    code = "".join(path.read_text() for path in (ROOT / "src" / "kundekort" / "api").rglob("*.py"))
    named = set(re.findall(r'(?:RequestRefused\(|problem\(request, )\s*"(\w+)"', code))
    assert named - set(wording.REFUSALS) == set()
    assert len(named) > 10
