"""All addresses of the site."""

from __future__ import annotations

from django.urls import include, path

handler400 = "kundekort.web.error_pages.bad_request"
handler403 = "kundekort.web.error_pages.forbidden"
handler404 = "kundekort.web.error_pages.not_found"
handler500 = "kundekort.web.error_pages.server_error"
urlpatterns = [path("", include("kundekort.web.urls")), path("api/", include("kundekort.api.urls"))]
