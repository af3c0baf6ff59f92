"""The register as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Models and migrations; its label is short because it stands in every table's name."""

    name = "kundekort.store"
    label = "kundekort"
