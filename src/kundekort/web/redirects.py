"""The way to another page than the one that was asked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


def away(request: HttpRequest, name: str) -> HttpResponse:
    """Lead to the page of a name; where htmx asked for a part, the whole page goes there."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": reverse(name)})
    return redirect(name)
