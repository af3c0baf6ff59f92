from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kundekort.engine.merge import union
from kundekort.store.fields import ADDRESS, SCHEMA
from tests.engine.memory import EMPTY


def united(*cards: dict[str, str]) -> dict[str, str]:
    whole = union([EMPTY | {"gender": "0"} | card for card in cards], schema=SCHEMA, together=ADDRESS)
    return {key: text for key, text in whole.items() if text}


def test_it_keeps_the_first_and_fills_its_gaps() -> None:
    assert united(
        {"first_name": "Åse"}, {"first_name": "Aase", "email": "a@example.no"}, {"email": "b@example.no"}
    ) == {
        "first_name": "Åse",
        "email": "a@example.no",
        "gender": "0",
    }


def test_it_knows_that_no_gender_is_none() -> None:
    assert united({}, {"gender": "2"}) == {"gender": "2"}


def test_it_unites_tags_and_notes() -> None:
    assert united(
        {"tags": "a|c", "internal_note": "x"}, {"tags": "b|c", "internal_note": "y"}, {"internal_note": "x"}
    ) == {
        "tags": "a|b|c",
        "internal_note": "x\n\ny",
        "gender": "0",
    }


def test_it_lets_a_no_outweigh_every_yes() -> None:
    for values, outcome in (("10", "0"), ("01", "0"), ("11", "1")):
        assert united(*({"email_consent": value} for value in values))["email_consent"] == outcome
    assert united({}, {"email_consent": "1"})["email_consent"] == "1"


def test_it_never_makes_one_address_of_two() -> None:
    oslo = {"address": "Gata 1", "zip_code": "0150", "city": "Oslo"}
    bergen = {"address2": "c/o Per", "zip_code": "5003", "city": "Bergen"}
    assert united({"city": "Oslo", "country": "NO"}, bergen, oslo) == oslo | {"country": "NO", "gender": "0"}


@given(
    st.lists(
        st.fixed_dictionaries(
            {key: st.sampled_from(["", "A", "B", "A|B"]) for key in EMPTY} | {"gender": st.just("1")}
        ),
        min_size=1,
        max_size=4,
    )
)
def test_it_never_empties_a_value_of_the_first_and_is_settled_when_done_again(cards: list[dict[str, str]]) -> None:
    whole = union(cards, schema=SCHEMA, together=ADDRESS)
    assert all(whole[key] for key, text in cards[0].items() if text)
    assert union([whole], schema=SCHEMA, together=ADDRESS) == whole
