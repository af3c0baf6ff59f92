"""The site as a WSGI application, behind its proxies."""

from __future__ import annotations

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from kundekort.config import proxies
from kundekort.config.proxies import Application


def _behind_proxies(site: Application) -> Application:
    from kundekort.web.probes import PATHS  # which knows the register, and that is there only now

    return proxies.behind(settings.KUNDEKORT_PROXIES, site, open_paths=PATHS)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundekort.config.settings")
application = _behind_proxies(get_wsgi_application())
gc.freeze()  # what is loaded stays; to look through it again and again would hold up one request of twenty
