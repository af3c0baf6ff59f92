"""How long requests take, as Prometheus counts it. Loaded only where somebody may ask for it.

Web processes put their counts into files of PROMETHEUS_MULTIPROC_DIR, which `kundekort serve` makes, so that whichever
of them is asked can tell of all.
"""

from __future__ import annotations

from typing import Final

from prometheus_client import Histogram

REQUEST_SECONDS: Final = Histogram(
    "kundekort_request_seconds",
    "Seconds until the answer to a request began, by the name of the page.",
    ("method", "route", "status"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
