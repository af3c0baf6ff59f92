"""Kundekort itself, ready to be asked; imported before anything that wants Django."""

from __future__ import annotations

from kundekort.cli import setup

setup.setup_django()

from kundekort.services.accounts import Actor

BENCH = Actor.system("bench")
