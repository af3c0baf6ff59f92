"""The site as a WSGI application, behind its proxies."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from kundekort.config import proxies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kundekort.config.settings")
application = proxies.behind(settings.KUNDEKORT_PROXIES, get_wsgi_application())
