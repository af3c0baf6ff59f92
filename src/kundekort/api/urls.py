"""The addresses of the API."""

from __future__ import annotations

from django.urls import include, path

from kundekort.api import docs
from kundekort.api.application import api

urlpatterns = [path("", include(docs.urlpatterns)), path("", api.urls)]
