"""Pages of the customer list: exactly the list in every order, and no plan that walks the whole register."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.sql import SQL, Composable

from kundekort.bulk import customer_pages as pages
from kundekort.engine.segments.condition import Group, Operator, Rule
from kundekort.services import customer_list
from kundekort.services.accounts import Actor
from kundekort.services.customer_list import Place
from kundekort.services.database import psycopg_connection
from kundekort.store import search as searches
from kundekort.store.models import Customer

OSLO = Group(parts=(Rule("city", Operator.IS, ("Oslo",)),))
SHARED = Group(parts=(Rule("email_shared", Operator.IS, ("1",)),))
KEYS: dict[str, Callable[[Customer], tuple[Any, ...]]] = {
    "id": lambda card: (card.pk,),
    "name": lambda card: (card.last_name, card.first_name, card.pk),
    "city": lambda card: (card.city, card.pk),
    "email": lambda card: (card.email.lower(), card.pk),
}


@pytest.fixture
def cards(db: None) -> list[Customer]:
    """Cards with ties and empty values in every order."""
    chance = random.Random(11)
    return Customer.objects.bulk_create(
        Customer(
            first_name=chance.choice(["", "Kari", "Ola", "Åse", "kari", "O'Hara"]),
            last_name=chance.choice(["", "Berg", "Vik", "Ås", "Van Berg"]),
            city=chance.choice(["", "Oslo", "oslo", "Å i Lofoten"]),
            email=chance.choice(["", "", "post@example.com", "POST@example.com", "a.berg@example.no"]),
        )
        for _ in range(40)
    )


def walked(limit: int, *, back: bool, **asked: Any) -> list[int]:
    """The whole list, page by page, by the card at the end of each; `back`, from its end."""
    whole: list[int] = []
    place = Place()
    if back:
        first = customer_list.search(place=place, limit=1_000, **asked).rows
        whole = [int(first[-1]["id"])] if first else []
        place = Place(before=whole[0]) if whole else place
    while True:
        found = customer_list.search(place=place, limit=limit, **asked)
        ids = [int(row["id"]) for row in found.rows]
        whole = [*ids, *whole] if back else [*whole, *ids]
        if not found.more:
            return whole
        assert len(ids) == limit
        place = Place(before=ids[0]) if back else Place(after=ids[-1])


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("order", KEYS)
@pytest.mark.parametrize(
    ("small", "stretch", "near", "many", "sure"),
    [(0, 10, 10, 40, 16), (0, 3, 6, 40, 16), (0, 3, 0, 0, 3), (0, 3, 0, 0, 40), (0, 2, 6, 0, 3), (100, 9, 0, 0, 3)],
)
def test_it_pages_through_exactly_the_list_either_way(
    order: str,
    descending: bool,
    small: int,
    stretch: int,
    near: int,
    many: int,
    sure: int,
    cards: list[Customer],
    bob: Actor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bounds = {
        "FEW": 0,
        "SMALL": small,
        "STRETCH": stretch,
        "LONG_STRETCH": stretch,
        "NEAR": near,
        "MANY": many,
        "SURE": sure,
    }
    for name, value in (bounds | {"EVERY": 2}).items():
        monkeypatch.setattr(pages, name, value)
    inside = sorted(cards, key=KEYS[order], reverse=descending)
    for text, rules, fits in (
        ("", None, lambda card: True),
        ("berg", None, lambda card: "berg" in f"{card.last_name} {card.email}".lower()),
        ("o'hara oslo", None, lambda card: card.first_name == "O'Hara" and card.city.lower() == "oslo"),
        ("", OSLO, lambda card: card.city.lower() == "oslo"),
        ("kari", OSLO, lambda card: card.city.lower() == "oslo" and card.first_name.lower() == "kari"),
        ("nobody", None, lambda card: False),
        ("", SHARED, lambda card: card.email.lower() in {"post@example.com", "a.berg@example.no"}),
    ):
        asked = {"text": text, "rules": rules, "order": order, "descending": descending, "actor": bob}
        expected = [card.pk for card in inside if fits(card)]
        assert walked(4, back=False, **asked) == expected
        assert walked(4, back=True, **asked) == expected
        by_number = [
            customer_list.search(place=Place(n), limit=4, **asked).rows for n in range(0, len(expected) + 4, 4)
        ]
        assert [row["id"] for rows in by_number for row in rows] == expected
        assert customer_list.count(text=text, rules=rules, actor=bob) == len(expected)


def test_it_goes_by_the_number_of_the_page_where_a_card_has_gone(cards: list[Customer], bob: Actor) -> None:
    cards[3].delete()
    rows = customer_list.search(text="", order="id", place=Place(8, after=cards[3].pk or 0), limit=2, actor=bob).rows
    assert len(rows) == 2


class Explainer:
    """The connection of the tests, which keeps the plan of everything that is asked and how many rows each step met."""

    def __init__(self) -> None:
        self.plans: list[dict[str, Any]] = []

    def execute(self, query: Composable | str, values: Sequence[object] = ()) -> Any:
        conn = psycopg_connection()
        if isinstance(query, Composable) and not query.as_string(conn).startswith("EXPLAIN"):
            explain = SQL("EXPLAIN (ANALYZE, FORMAT JSON) {}").format(query)
            self.plans.append(conn.execute(explain, values).fetchone()[0][0]["Plan"])
        return conn.execute(query, values)

    def met(self) -> list[tuple[str, int]]:
        """How each plan reads the customers, and how many cards it looked at."""
        return [
            (node["Node Type"], _met(node))
            for plan in self.plans
            for node in _nodes(plan)
            if node.get("Relation Name") == "kundekort_customer"
        ]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _nodes(part)


def _met(node: dict[str, Any]) -> int:
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return round((node["Actual Rows"] + removed) * node["Actual Loops"])


@pytest.fixture
def skewed(db: None) -> int:
    """A register in which one word is on every card, some words are rare, and the rare ones stand at its end."""
    many = 6_000
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kundekort_customer (first_name, last_name, city, email, mobile) "
            "SELECT CASE WHEN n > %s THEN 'Zebulon' ELSE 'Kari' END, CASE WHEN n > %s THEN 'Xylander' ELSE 'Berg' END, "
            "CASE WHEN n > %s THEN 'Ålesund' ELSE 'Oslo' END, "
            "CASE WHEN n %% 2 = 0 THEN '' ELSE 'post@example.com' END, "
            "'+47' || (90000000 + n) FROM generate_series(1, %s) n",
            [many - 1, many - 30, many - 400, many],
        )
        cursor.execute("ANALYZE kundekort_customer")
    return many


WORDS = {
    **dict.fromkeys(("oslo", "ka", "kari", "4790"), 6_000),
    **{"zebulon": 1, "xyl": 30, "absent": 0, "+4790005999": 1},
}
"""Words, and how many cards have them at most."""


@pytest.mark.parametrize("many", [100_000, 3_000])
@pytest.mark.parametrize("order", KEYS)
def test_no_plan_walks_the_register(order: str, many: int, skewed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"SMALL": 200, "STRETCH": 100, "NEAR": 200, "MANY": many, "SAMPLE": 8}.items():
        monkeypatch.setattr(pages, name, value)
    middle = Customer.objects.order_by("pk")[skewed // 2].pk
    places = [(Place(), False), (Place(), True), (Place(after=middle), False), (Place(before=middle), False)]
    for text in ("", *WORDS):
        meant = customer_list._meant(text, None)
        for place, down in places:
            explainer = Explainer()
            with transaction.atomic():
                pages.page(explainer, meant, place, limit=20, order=order, descending=down)  # type: ignore[arg-type]
            for way, cards in explainer.met():
                if way == "Bitmap Heap Scan":  # those who have the word, and nobody else
                    assert cards <= WORDS[text], (text, place, down, explainer.met())
                elif way == "Sample Scan":
                    assert cards <= 1_000, (text, place, down, explainer.met())
                else:
                    assert cards <= 401, (text, place, down, explainer.met())


def found(text: str, order: str, *, down: bool = False, place: Place = Place()) -> tuple[Explainer, list[int]]:  # noqa: B008 - a value
    """What a page met on its way, and whom it has."""
    explainer = Explainer()
    with transaction.atomic():
        page = pages.page(explainer, customer_list._meant(text, None), place, limit=20, order=order, descending=down)  # type: ignore[arg-type]
    return explainer, page.ids


@pytest.mark.parametrize("text", ["oslo", "kari", "4790"])
def test_it_leads_to_a_common_word_far_off_by_two_indexes(
    text: str, skewed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"SMALL": 200, "STRETCH": 100, "NEAR": 200, "MANY": 1_000, "SAMPLE": 160, "EVERY": 2}.items():
        monkeypatch.setattr(pages, name, value)
    middle = Customer.objects.order_by("pk")[skewed // 2].pk
    older = Customer.objects.filter(pk__lt=middle)  # they come first in every order
    older.update(first_name="Old", last_name="Aas", city="Arendal", email="", mobile="")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kundekort_customer SET last_name = 'B' || id, city = 'Oslo ' || id, email = id || '@example.com' "
            "WHERE id >= %s",
            [middle],
        )
        cursor.execute("ANALYZE kundekort_customer")
    for order in KEYS:
        explainer, ids = found(text, order)
        fitting = Customer.objects.filter(pk__gte=middle, first_name="Kari", city__startswith="Oslo")
        assert ids == [card.pk for card in sorted(fitting, key=KEYS[order])][:20]
        visited = [cards for way, cards in explainer.met() if way == "Bitmap Heap Scan"]
        assert len(visited) == 1, (order, explainer.met())
        assert visited[0] <= skewed // 3, (order, explainer.met())


def test_it_counts_by_the_index_however_common_a_word_is(skewed: int) -> None:
    del skewed
    for text in WORDS:
        explainer = Explainer()
        with transaction.atomic():
            explainer.execute("SET LOCAL random_page_cost = 1000")  # as if reading all cards were the quickest
            pages.count(explainer, customer_list._meant(text, None))  # type: ignore[arg-type]
        assert [way for way, _ in explainer.met()] == ["Bitmap Heap Scan"], text


def test_it_asks_no_more_for_a_deep_page_than_for_the_first(skewed: int, bob: Actor) -> None:
    del skewed
    asked = []
    for place in (Place(), Place(after=Customer.objects.order_by("pk")[3_000].pk)):
        with CaptureQueriesContext(connection) as queries:
            assert len(customer_list.search(text="oslo", place=place, limit=20, order="id", actor=bob).rows) == 20
        asked.append(len(queries))
    assert asked[0] == asked[1]


LETTERS = "abeExX0159" * 4 + " .-+_/@<>&;#=:%~'\"(),!?*[]{}|\\^$`åøéßÆÑ«–€\u0308Ωж½²İſ\t\n\u00a0"
PIECES = [*LETTERS, "&amp;", "http://", "<b>", "1e5", "-5", "a@b.c", "/x/y", "%20", "x-y", "<!--", "v1", "E+5", "~a"]


def test_the_hint_holds_wherever_the_condition_does(db: None) -> None:
    chance = random.Random(8)
    texts = ["".join(chance.choices(PIECES, k=chance.randint(1, 14))) for _ in range(4_000)]
    Customer.objects.bulk_create(Customer(company=text) for text in texts)
    with connection.cursor() as cursor:
        vectors = f"SELECT DISTINCT unnest(tsvector_to_array({searches.VECTOR})) FROM kundekort_customer"
        cursor.execute(vectors)
        beginnings = [searches.PLAIN.match(lexeme) for (lexeme,) in cursor.fetchall()]
        words = sorted({found[0] for found in beginnings if found})
        missed = []
        for word in chance.sample(words, 400):
            where, values = searches.where(word)
            hint, hints = searches.hint(word) or ("", [])
            cursor.execute(f"SELECT company FROM kundekort_customer WHERE {where} AND NOT ({hint})", [*values, *hints])
            missed += [(word, text) for (text,) in cursor.fetchall()]
    assert not missed


def test_there_is_no_hint_of_words_that_may_be_cut_elsewhere() -> None:
    assert re.search("~", str(customer_list._meant("kari", None).hint))  # type: ignore[union-attr]
    assert customer_list._meant("a_b", None).hint is None  # type: ignore[union-attr]
