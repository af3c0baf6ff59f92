"""The password that everybody knows opens the demonstration's register on this machine, and no other."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.test import Client

from kundekort.services import accounts, demo
from kundekort.services.accounts import Actor, Role
from kundekort.services.refusals import DemoPublic, RegisterNotEmpty
from kundekort.store.models import Customer, Setting

pytestmark = pytest.mark.django_db

KNOWN = {"username": demo.USER, "password": demo.PASSWORD}


@pytest.fixture(autouse=True)
def at_home(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


def user_of_old() -> User:
    """An administrator as the demonstration once made one, in a register without its mark."""
    return accounts.create_user(**KNOWN, role=Role.ADMINISTRATOR, check_password=False)


def test_it_makes_its_own_administrator_once() -> None:
    actor = demo.begin()
    assert actor.role is Role.ADMINISTRATOR
    assert authenticate(**KNOWN) == actor.user
    assert demo.begin() == actor


def test_it_touches_no_register_that_is_somebodys(alice: Actor) -> None:
    with pytest.raises(RegisterNotEmpty):
        demo.begin()
    assert not demo.is_demo()
    assert list(User.objects.all()) == [alice.user]


def test_it_touches_no_register_with_customers() -> None:
    Customer.objects.create(first_name="Kari")
    with pytest.raises(RegisterNotEmpty):
        demo.begin()
    assert not User.objects.exists()


@pytest.mark.parametrize("username", ["demo", "DEMO", " demo"])
def test_it_lets_nobody_in_elsewhere_with_that_password(username: str) -> None:
    user_of_old()
    assert authenticate(username=username, password=demo.PASSWORD) is None
    client = Client(headers={"host": "localhost"})
    client.post("/login/", {"username": username, "password": demo.PASSWORD})
    assert client.get("/customers/").status_code == 302


def test_it_lets_in_a_user_of_that_name_who_has_a_password_of_their_own() -> None:
    user = user_of_old()
    user.set_password("theatre-doors")
    user.save()
    assert authenticate(username="demo", password="theatre-doors") == user


@pytest.mark.parametrize(("name", "value"), [("ALLOWED_HOSTS", ["localhost", "kunder.example.no"]), ("HTTPS", True)])
def test_it_is_closed_once_the_site_is_for_others(settings: Any, name: str, value: object) -> None:
    demo.begin()
    setattr(settings, name, value)
    assert authenticate(**KNOWN) is None
    for refused in (demo.begin, demo.refuse_public):
        with pytest.raises(DemoPublic):
            refused()


@pytest.mark.parametrize(("host", "public"), [("127.0.0.1", False), ("::1", False), ("0.0.0.0", True), ("box", True)])
def test_it_is_served_to_this_machine_alone(host: str, public: bool) -> None:
    if public:
        with pytest.raises(DemoPublic):
            demo.refuse_public(host)
    else:
        demo.refuse_public(host)


def test_it_is_closed_once_the_mark_is_gone() -> None:
    demo.begin()
    Setting.objects.filter(key=demo.KEY).delete()
    assert authenticate(**KNOWN) is None
