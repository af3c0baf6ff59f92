"""All addresses of the site."""

from __future__ import annotations

from django.urls import include, path

handler500 = "kundekort.web.error_pages.server_error"
urlpatterns = [path("", include("kundekort.web.urls"))]
