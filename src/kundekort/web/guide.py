"""The guide at /help/: the pages that `make docs` has built, open to everybody, under a policy of their own."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from django.views.static import serve

from kundekort.web.middleware import CONTENT_SECURITY

BUILT: Final = Path(__file__).parent / "help"
LANGUAGES: Final = ("nb", "en")
"""The languages of the guide; who reads another one gets the first."""
_PATH: Final = re.compile(r"[\w./-]{0,200}", re.ASCII)
"""What the names of built files are made of; nothing else is looked for."""
_INLINE_SCRIPT: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


@login_not_required
@require_safe
def page(request: HttpRequest, path: str = "") -> HttpResponseBase:
    """A file of the guide; without a language in its address the way to that of the site."""
    if not _PATH.fullmatch(path) or ".." in path:
        raise Http404
    language = path.partition("/")[0]
    if language not in LANGUAGES:
        return redirect("guide-page", f"{preferred()}/{path}")
    if not (BUILT / language / "index.html").exists():
        return render(request, "kundekort/guide_missing.html", status=HTTPStatus.NOT_FOUND)
    name = f"{path}index.html" if path.endswith("/") else path
    if (BUILT / name).is_dir():
        return redirect("guide-page", f"{path}/")
    answer = serve(request, name, document_root=str(BUILT))
    if name.endswith(".html"):
        answer.headers["Content-Security-Policy"] = policy((BUILT / name).read_bytes())
    answer.headers["Content-Language"] = language
    answer.headers["Cache-Control"] = "no-cache"  # the answer to who asks again is mostly that nothing has changed
    return answer


def preferred() -> str:
    """The language of the guide for whoever reads the site in the language that is active."""
    active = (get_language() or "").partition("-")[0]
    return active if active in LANGUAGES else LANGUAGES[0]


def policy(html: bytes) -> str:
    """The policy for a page of the guide: that of the site, and the very scripts that stand in this page."""
    digests = (b64encode(sha256(script).digest()).decode() for script in _INLINE_SCRIPT.findall(html))
    return f"{CONTENT_SECURITY}; script-src 'self' " + " ".join(f"'sha256-{digest}'" for digest in digests)
