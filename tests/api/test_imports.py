"""Imports for programs, from a file to what is written, and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kundekort.cli.json_output import record_json
from kundekort.engine.decisions import Action
from kundekort.services import editing, imports, planning, settings
from kundekort.services.accounts import Actor
from kundekort.services.planner import INLINE_BYTES
from kundekort.store.models import ColumnMapping, Customer, IdempotencyKey, Import, Revision
from tests.api.conftest import HEADER, Program, program
from tests.api.test_door import problem


def sent(program: Program, text: str, **options: Any) -> dict[str, Any]:
    """The import that a file has become."""
    file = SimpleUploadedFile("customers.csv", text.encode())
    answer = program.upload("imports", {"file": file, **options})
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    assert answer["Location"] == f"/api/imports/{told['import_id']}"
    return told


def said(answer: Any, status: int = 200) -> dict[str, Any]:
    """What an answer tells of an import."""
    assert answer.status_code == status, answer.content
    told: dict[str, Any] = answer.json()
    return told


def confirmed(program: Program, told: dict[str, Any]) -> dict[str, Any]:
    return said(program.post(f"imports/{told['import_id']}/confirm", {"digest": told["digest"]}))


def test_a_file_is_looked_at_confirmed_once_and_undone(bobs: Program, three: list[int]) -> None:
    kari, *_ = three
    told = sent(bobs, HEADER + f"{kari};Karen;Nordmann;kari@example.com;2\n0;Per;Ås;per@example.com;1\n")
    assert (told["state"], told["changed"], told["new"], told["applied"]) == ("preview", 1, 1, False)
    rows = said(bobs.get(f"imports/{told['import_id']}/rows"))
    assert rows["items"][0]["changed"] == {"first_name": {"old": "Kari", "new": "Karen"}}
    done = confirmed(bobs, told)
    assert (done["state"], done["applied"], done["digest"]) == ("done", True, None)
    again = bobs.post(f"imports/{told['import_id']}/confirm", {"digest": told["digest"]})
    assert problem(again, 409)["code"] == "already_applied"
    assert Customer.objects.get(pk=kari).first_name == "Karen"
    outlook = said(bobs.get(f"imports/{told['import_id']}/undo"))
    assert outlook == {"restored": 1, "removed": 1, "edited": 0, "gone": 0}
    undo = said(bobs.post(f"imports/{told['import_id']}/undo"), 201)
    assert (undo["undoes"], undo["state"], undo["removed"]) == (done["revision"], "preview", 1)
    confirmed(bobs, undo)
    assert list(Customer.objects.order_by("pk").values_list("pk", flat=True)) == three
    assert Customer.objects.get(pk=kari).first_name == "Kari"
    lines = said(bobs.get("imports"))["items"]
    assert [(line["id"], line["undone_by"]) for line in lines[:2]] == [
        (undo["import_id"], None),
        (told["import_id"], undo["import_id"]),
    ]


def test_it_tells_what_the_command_line_tells(bobs: Program, three: list[int]) -> None:
    told = sent(bobs, HEADER + f"{three[0]};Karen;Nordmann;kari@example.com;2\n7000;Per;Ås;per@;\n")
    printed = record_json(imports.get(told["import_id"], actor=Actor.system("x")))
    assert json.loads(json.dumps(printed)).items() <= told.items()
    assert printed["problems"]


def test_words_are_in_the_language_that_is_asked_for(bobs: Program) -> None:
    told = sent(bobs, HEADER + "0;Per;Ås;per@;9\n")
    norwegian = said(bobs.get(f"imports/{told['import_id']}", accept_language="nb"))
    assert told["problems"][0]["message"] != norwegian["problems"][0]["message"]
    assert told["problems"][0]["code"] == norwegian["problems"][0]["code"]


def test_rows_become_an_import_as_a_file_does(bobs: Program, three: list[int]) -> None:
    rows = [
        {"id": three[0], "first_name": 'Ka"r;en', "Email": "kari@example.com", "tags": ["a", "b"], "sms_consent": True},
        {"id": 0, "first_name": "=1+1", "Email": None, "tags": [], "sms_consent": None},
    ]
    # a new customer has to have a gender
    for row in rows:
        row["gender"] = 2
    told = said(bobs.post("imports/from-rows", {"rows": rows, "name": "shop"}), 201)
    assert (told["file"], told["errors"], told["changed"], told["new"]) == ("shop", 0, 1, 1), told["problems"]
    confirmed(bobs, told)
    card = Customer.objects.get(pk=three[0])
    assert (card.first_name, card.tags, card.sms_consent) == ('Ka"r;en', ["a", "b"], True)
    assert Customer.objects.latest("pk").first_name == "=1+1"


def test_rows_that_do_not_say_the_same_are_refused(bobs: Program) -> None:
    answer = bobs.post("imports/from-rows", {"rows": [{"id": 0, "email": "a@b.no"}, {"id": 0}]})
    told = problem(answer, 422)
    assert (told["code"], told["params"]) == ("rows_uneven", {"row": 1})
    assert not Import.objects.exists()
    for rows in ([], [{"id": 1.5, "x": {}}], [{"": 1}], "rows"):
        assert problem(bobs.post("imports/from-rows", {"rows": rows}), 422)["code"] == "request_invalid"


@pytest.mark.parametrize("value", [b'"\\u0000"', b'"\\ud800"', b"NaN", b"{", b'"\xff"', b"[" * 100_000])
def test_what_is_no_text_is_refused(bobs: Program, value: bytes) -> None:
    body = b'{"rows": [{"id": ' + value + b"}]}"
    headers = {"authorization": f"Bearer {bobs.secret}"}
    answer = bobs.client.post("/api/imports/from-rows", body, content_type="application/json", headers=headers)
    told = problem(answer, 400)
    assert told["code"] == "json_malformed"
    assert [fault["where"] for fault in told["errors"]] == ["body"]


def test_the_options_are_those_of_the_command(bobs: Program, three: list[int]) -> None:
    text = f"CustomerID;FirstName;Email;Gender\n{three[0]};;kari@example.com;2\n0;Per;per@;1\n"
    told = sent(bobs, text, empty_cells="keep", leave_out_errors="true", match=["email", "id"], separator=";")
    assert told["policy"] == {"empty_cells": "keep", "keys": ["email", "id"], "date_order": None}
    assert told["decisions"]["leave_out_errors"] is True
    assert (told["changed"], told["errors"]) == (0, 0)
    for wrong in ({"match": ["none", "id"]}, {"encoding": "klingon"}, {"header_row": "0"}, {"empty_cells": "eat"}):
        answer = bobs.upload("imports", {"file": SimpleUploadedFile("x.csv", b"a"), **wrong})
        assert problem(answer, 422)["code"] == "request_invalid"


def test_what_is_unclear_is_asked_and_answered(bobs: Program) -> None:
    told = sent(bobs, "Kundenr;Fornavn;Etternavn;E-post;Kjønn;Noe\n0;Per;Ås;per@example.com;M;hei\n")
    assert (told["state"], told["question"]["kind"], told["digest"]) == ("columns", "columns", None)
    where = f"imports/{told['import_id']}/answers"
    for wrong in (
        {"columns": [{"header": "Nobody", "field": "city"}]},
        {"columns": [{"header": "Noe", "position": 5, "field": "city"}]},
        {"columns": [{"header": "Noe", "field": "no_field"}]},
        {"columns": [{"header": "Kjønn", "field": "gender", "words": {"M": "many"}}]},
        {"columns": [{"header": "Noe", "words": {"hei": "1"}}]},
    ):
        assert problem(bobs.post(where, wrong), 422)["code"] == "request_invalid"
    answered = said(bobs.post(where, {"columns": [{"header": "Noe", "field": "city"}]}))
    assert (answered["state"], answered["new"]) == ("preview", 1)
    assert answered["columns"][5] == {"header": "Noe", "field": "city"}
    kept = said(bobs.post(where, {"empty_cells": "keep"}))
    assert kept["policy"]["empty_cells"] == "keep"
    assert kept["columns"][5] == {"header": "Noe", "field": "city"}
    recut = said(bobs.post(where, {"reading": {"separator": ","}}))
    assert recut["dialect"]["separator"] == ","


def test_what_cannot_be_imported_is_not_remembered_for_the_next_file(bobs: Program) -> None:
    text = HEADER + "0;Per;Ås;per@example.com;1\n"
    first = sent(bobs, text)
    twice = {"columns": [{"header": "LastName", "field": "email"}], "save_as": "webshop"}
    asked = said(bobs.post(f"imports/{first['import_id']}/answers", twice))
    assert (asked["state"], asked["question"]["code"]) == ("columns", "column_twice")
    assert (sent(bobs, text)["state"], ColumnMapping.objects.exists()) == ("preview", False)


def test_what_is_wrong_is_decided_row_by_row_and_taken_back(bobs: Program, three: list[int]) -> None:
    told = sent(bobs, HEADER + f"{three[0]};Karen;Nordmann;kari@example.com;2\n0;Per;Ås;per@;1\n0;Pål;Ås;;7\n")
    number = told["import_id"]
    assert told["errors"] == 2
    assert {(one["code"], one["field"], one["count"]) for one in told["problem_counts"]} == {
        ("email_invalid", "email", 1),
        ("gender_unknown", "gender", 1),
    }
    refused = bobs.post(f"imports/{number}/confirm", {"digest": told["digest"]})
    assert problem(refused, 409)["code"] == "rows_have_errors"
    rows = said(bobs.get(f"imports/{number}/rows", {"box": "errors"}))["items"]
    mend = {"action": "set", "field": "email", "rows": [rows[0]["number"]], "value": "per@example.com"}
    out = {"action": "leave_out", "rows": [rows[1]["number"]]}
    decided = said(bobs.post(f"imports/{number}/decisions", {"decisions": [mend, out]}))
    assert (decided["errors"], decided["new"], decided["left_out"]) == (0, 1, 1)
    assert [step["action"] for step in decided["decisions"]["steps"]] == ["set", "leave_out"]
    for wrong in (
        {"action": "set", "field": "email", "rows": [rows[0]["number"]], "value": "per@"},
        {"action": "set", "field": "no_field", "value": "1"},
        {"action": "leave_out", "rows": [told["rows"]]},
    ):
        answer = bobs.post(f"imports/{number}/decisions", {"decisions": [wrong]})
        assert problem(answer, 422)["code"] in ("cell_invalid", "decision_invalid")
    last = decided["decisions"]["steps"][-1]["number"]
    back = said(bobs.send("delete", f"imports/{number}/decisions/{last}"))
    assert (back["errors"], back["left_out"]) == (1, 0)
    problem(bobs.send("delete", f"imports/{number}/decisions/{last}"), 404)
    without = said(bobs.send("put", f"imports/{number}/errors", {"leave_out": True}))
    assert (without["errors"], without["left_out"]) == (0, 1)
    assert confirmed(bobs, without)["state"] == "done"


def test_the_cards_keep_what_they_have_where_the_file_has_an_error(bobs: Program, three: list[int]) -> None:
    rows = f"{three[0]};Kari;Nordmann;kari@;2\n{three[1]};Ola;Dal;ola@;1\n0;Per;Ås;per@;1\n"
    told = sent(bobs, HEADER + rows)
    where = f"imports/{told['import_id']}/decisions"
    keep = {"action": "keep", "field": "email", "code": "email_invalid"}
    one = said(bobs.post(where, {"decisions": [keep | {"rows": [0]}]}))
    assert (told["errors"], one["errors"], one["decisions"]["steps"][0]["count"]) == (3, 2, 1)
    kept = said(bobs.post(where, {"decisions": [keep]}))
    assert kept["errors"] == 1  # a new customer has nothing to keep
    assert [step["count"] for step in kept["decisions"]["steps"]] == [1, 1]
    for nothing in (keep, {"action": "keep", "code": "email_invalid"}, {"action": "accept", "code": "no_code"}):
        assert problem(bobs.post(where, {"decisions": [nothing]}), 422)["code"] == "decision_invalid"


def test_findings_are_answered(bobs: Program, load: Callable[..., Import]) -> None:
    load(HEADER + "".join(f"0;Navn{n};Ås{n};navn{n}@example.com;2\n" for n in range(5)))
    ids = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
    told = sent(bobs, HEADER + "".join(f"{i};BjÃ¸rn{n};Ås{n};navn{n}@example.com;2\n" for n, i in enumerate(ids)))
    finding = next(one for one in told["findings"] if one["blocks"])
    assert finding["open"] == 5
    assert Action.KEEP in finding["answers"]
    number = told["import_id"]
    noticed = said(bobs.get(f"imports/{number}/rows", {"finding": finding["code"]}))
    assert noticed["total"] == 5
    assert noticed["items"][0]["evidence"][0]["code"] == finding["code"]
    keep = {"action": "keep", "code": finding["code"], "field": finding["field"]}
    answered = said(bobs.post(f"imports/{number}/decisions", {"decisions": [keep]}))
    assert not any(one["blocks"] for one in answered["findings"])


def test_what_others_have_changed_meanwhile_is_a_conflict(bobs: Program, three: list[int], alice: Actor) -> None:
    told = sent(bobs, HEADER + f"{three[0]};Karen;Nordmann;kari@example.com;2\n")
    number = told["import_id"]
    card = Customer.objects.get(pk=three[0])
    editing.edit(card.pk, version=card.version, values={"first_name": "Karin"}, actor=alice)
    refused = problem(bobs.post(f"imports/{number}/confirm", {"digest": told["digest"]}), 409)
    assert refused["code"] == "register_moved"
    now = refused["import"]
    assert (now["conflicts"], now["state"], now["notice"]["code"]) == (1, "preview", "register_moved")
    cell = now["conflict_cells"][0]
    assert (cell["base"], cell["mine"], cell["theirs"], cell["who"]) == ("Kari", "Karen", "Karin", "Alice Ås")
    again = bobs.post(f"imports/{number}/confirm", {"digest": now["digest"]})
    assert problem(again, 409)["code"] == "rows_have_conflicts"
    choice = {"whose": "mine", "field": "first_name", "customer_id": three[0]}
    settled = said(bobs.post(f"imports/{number}/conflicts", choice))
    assert (settled["conflicts"], settled["decisions"]["conflicts"][0]["whose"]) == (0, "mine")
    open_again = said(bobs.post(f"imports/{number}/conflicts/withdraw", choice))
    assert open_again["conflicts"] == 1
    settled = said(bobs.post(f"imports/{number}/conflicts", choice))
    assert problem(bobs.post(f"imports/{number}/confirm", {"digest": told["digest"]}), 409)["code"] == "plan_mismatch"
    confirmed(bobs, settled)
    card.refresh_from_db()
    assert card.first_name == "Karen"


def test_failing_rows_go_out_as_a_file_and_come_back_mended(bobs: Program) -> None:
    told = sent(bobs, HEADER + "0;Per;Ås;per@;1\n0;Pål;Ås;pal@example.com;1\n")
    number = told["import_id"]
    answer = bobs.get(f"imports/{number}/failing-rows", accept_language="nb")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert (answer["Content-Type"], text.count("per@;")) == ("text/csv; charset=utf-8", 1)
    assert "ikke en e-postadresse" in text
    mended = SimpleUploadedFile("failing.csv", text.replace("per@;", "per@example.com;").encode())
    after = said(bobs.upload(f"imports/{number}/mended-rows", {"file": mended}))
    assert (after["errors"], after["new"]) == (0, 2)
    none = SimpleUploadedFile("failing.csv", b"a;b\n1;2\n")
    assert problem(bobs.upload(f"imports/{number}/mended-rows", {"file": none}), 422)


def test_rows_come_page_by_page_and_a_cursor_belongs_to_its_plan(bobs: Program) -> None:
    told = sent(bobs, HEADER + "".join(f"0;Per{n};Ås;per{n}@example.com;1\n" for n in range(5)) + "0;X;Y;;9\n")
    number, names, cursor = told["import_id"], [], None
    while True:
        asked = {"limit": 2, "box": "new"} | ({"cursor": cursor} if cursor else {})
        page = said(bobs.get(f"imports/{number}/rows", asked))
        names += [row["values"]["first_name"] for row in page["items"]]
        assert page["total"] == 5
        if (cursor := page["next"]) is None:
            break
        last = cursor
    assert names == [f"Per{n}" for n in range(5)]
    found = said(bobs.get(f"imports/{number}/rows", {"search": "per3"}))
    assert [row["values"]["first_name"] for row in found["items"]] == ["Per3"]
    other = sent(bobs, HEADER + "0;A;B;;1\n")
    answer = bobs.get(f"imports/{other['import_id']}/rows", {"cursor": last})
    assert problem(answer, 422)["code"] == "cursor_invalid"
    said(bobs.send("put", f"imports/{number}/errors", {"leave_out": True}))
    assert problem(bobs.get(f"imports/{number}/rows", {"cursor": last}), 409)["code"] == "plan_mismatch"


def test_the_list_is_read_page_by_page_though_others_come_in(bobs: Program) -> None:
    numbers = [sent(bobs, HEADER + f"0;A{n};B;;1\n")["import_id"] for n in range(3)]
    first = said(bobs.get("imports", {"limit": 2}))
    sent(bobs, HEADER + "0;C;D;;1\n")
    second = said(bobs.get("imports", {"limit": 2, "cursor": first["next"]}))
    assert [line["id"] for line in first["items"] + second["items"]] == numbers[::-1]
    assert second["next"] is None
    said(bobs.post(f"imports/{numbers[0]}/cancel"))
    only = said(bobs.get("imports", {"state": "cancelled"}))["items"]
    assert [line["id"] for line in only] == numbers[:1]


def test_the_same_request_sent_again_does_nothing_again(bobs: Program, bob: Actor) -> None:
    text = HEADER + "0;Per;Ås;per@example.com;1\n"
    first = sent(bobs, text)
    keyed = [
        bobs.upload("imports", {"file": SimpleUploadedFile("customers.csv", text.encode())}, idempotency_key="k1")
        for _ in range(2)
    ]
    assert [answer.status_code for answer in keyed] == [201, 201]
    assert [answer.headers.get("Idempotency-Replayed") for answer in keyed] == [None, "true"]
    assert keyed[0].json() == keyed[1].json()
    assert Import.objects.count() == 2
    assert first["import_id"] != keyed[0].json()["import_id"]
    other = bobs.upload("imports", {"file": SimpleUploadedFile("customers.csv", b"x")}, idempotency_key="k1")
    assert problem(other, 422)["code"] == "idempotency_mismatch"
    IdempotencyKey.objects.update(result=None)
    again = bobs.upload("imports", {"file": SimpleUploadedFile("customers.csv", text.encode())}, idempotency_key="k1")
    assert problem(again, 409)["code"] == "idempotency_running"
    elsewhere = program(bob).upload(
        "imports", {"file": SimpleUploadedFile("customers.csv", text.encode())}, idempotency_key="k1"
    )
    assert elsewhere.status_code == 201  # another token's keys are its own
    kept = json.dumps(list(IdempotencyKey.objects.values()), default=str)
    assert ("Per" in kept, "k1" in kept) == (False, False)


def test_a_request_that_was_refused_gives_its_key_back(bobs: Program) -> None:
    for _ in range(2):
        answer = bobs.post("imports/from-rows", {"rows": [{"a": 1}, {"b": 1}]}, idempotency_key="k")
        assert problem(answer, 422)["code"] == "rows_uneven"
    assert not IdempotencyKey.objects.exists()
    long = bobs.post("imports/from-rows", {"rows": [{"a": 1}]}, idempotency_key="k" * 256)
    assert problem(long, 422)["errors"][0]["where"] == "header.Idempotency-Key"


@pytest.mark.slow
def test_a_large_file_is_planned_by_a_job_and_its_state_is_asked_for(bobs: Program) -> None:
    row = "0;Per{n};Ås;per{n}@example.com;1\n"
    text = HEADER + "".join(row.format(n=n) for n in range(INLINE_BYTES // 30))
    assert len(text) > INLINE_BYTES
    told = sent(bobs, text)
    assert (told["state"], told["digest"]) == ("received", None)
    number = told["import_id"]
    assert problem(bobs.get(f"imports/{number}/rows"), 409)["code"] == "not_waiting"
    planning.plan(number)  # as the job does
    told = said(bobs.get(f"imports/{number}"))
    assert (told["state"], told["errors"]) == ("preview", 0)
    answer = bobs.post(f"imports/{number}/confirm", {"digest": told["digest"]})
    assert said(answer, 202)["state"] == "confirming"
    back = said(bobs.post(f"imports/{number}/withdraw"))
    assert (back["state"], back["digest"]) == ("preview", told["digest"])
    assert said(bobs.post(f"imports/{number}/cancel"))["state"] == "cancelled"


def test_one_person_alone_does_not_confirm_what_needs_two(bobs: Program, alices: Program, alice: Actor) -> None:
    settings.change(actor=alice, four_eyes=True, four_eyes_cards=0)
    told = sent(bobs, HEADER + "0;Per;Ås;per@example.com;1\n")
    assert len(told["second_person"]) == 1
    refused = bobs.post(f"imports/{told['import_id']}/confirm", {"digest": told["digest"]})
    assert problem(refused, 409)["code"] == "second_person_needed"
    assert confirmed(alices, told)["confirmed_by"] == "Alice Ås"


def test_what_nobody_can_do_is_refused_in_words(bobs: Program) -> None:
    told = sent(bobs, HEADER + "0;Per;Ås;per@example.com;1\n")
    number = told["import_id"]
    assert problem(bobs.post(f"imports/{number}/undo"), 409)["code"] == "nothing_to_undo"
    assert problem(bobs.post(f"imports/{number}/retry"), 409)["code"] == "not_waiting"
    assert problem(bobs.post(f"imports/{number}/withdraw"), 409)["code"] == "not_waiting"
    assert problem(bobs.post("imports/999999999/cancel"), 404)["params"] == {"id": 999999999}
    assert problem(bobs.get(f"imports/{10**30}"), 422)["code"] == "request_invalid"
    assert problem(bobs.upload("imports", {}), 422)["code"] == "request_invalid"
    json_sent = bobs.post("imports", {"file": "x"})
    assert problem(json_sent, 415)["params"]["expected"] == "multipart/form-data"
    empty = bobs.upload("imports", {"file": SimpleUploadedFile("x.csv", b"")})
    refused = said(empty, 201)
    assert (refused["state"], refused["error"]["code"]) == ("refused", "file_empty")


def test_nothing_of_a_body_is_read_that_is_too_large(bobs: Program, settings: Any) -> None:
    settings.KUNDEKORT_PROXIES = ["192.0.2.1"]
    settings.KUNDEKORT_MAX_BYTES = 1000
    headers = {"authorization": f"Bearer {bobs.secret}"}
    kind = "multipart/form-data; boundary=x"
    large = bobs.client.generic("POST", "/api/imports", b"", kind, headers=headers, CONTENT_LENGTH="90000000")
    assert problem(large, 413)["code"] == "file_too_large"
    form = bobs.client.generic("POST", "/api/imports/1/cancel", b"", kind, headers=headers, CONTENT_LENGTH="90000000")
    assert problem(form, 413)["code"] == "body_too_large"
    unsaid = bobs.client.generic(
        "POST", "/api/imports", b"", kind, headers=headers, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked"
    )
    assert problem(unsaid, 411)["code"] == "length_missing"
    assert Revision.objects.count() == 0
