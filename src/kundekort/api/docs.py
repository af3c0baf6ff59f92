"""The page on which a person reads and tries the API: Swagger UI as it comes with django-ninja."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import ninja
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from ninja.openapi.docs import DocsBase

FILES: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-init.js": "text/javascript",
    "favicon.svg": "image/svg+xml",
}
_FOLDER: Final = Path(ninja.__file__).parent / "static" / "ninja"
_VERSION: Final = version("django-ninja")


class Page(DocsBase):
    """The page."""

    def render_page(self, request: HttpRequest, api: Any, **kwargs: Any) -> HttpResponse:
        """Where the document is; the script is told in the page, as data."""
        told = {
            "url": self.get_openapi_url(api, kwargs),
            "layout": "BaseLayout",
            "deepLinking": True,
            "validatorUrl": None,  # else a service elsewhere is shown the document
        }
        return render(request, "kundekort/api.html", {"api": api, "told": told, "version": _VERSION})


def file(request: HttpRequest, version: str, name: str) -> HttpResponse:
    """One of the files that the page is made of, which its address names by version."""
    if name not in FILES or version != _VERSION:
        raise Http404
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    return HttpResponse((_FOLDER / name).read_bytes(), content_type=FILES[name], headers=kept)


urlpatterns: list[URLPattern] = [path("docs/<str:version>/<str:name>", file, name="api-docs-file")]
