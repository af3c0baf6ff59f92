# Kundekort as an image: `kundekort serve` by default, `kundekort worker` for more workers. See docs/operations.md.

# The version of Python for which requirements/ is pinned.
FROM python:3.11-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends make && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /opt/kundekort && /opt/kundekort/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
RUN make dist && /opt/kundekort/bin/pip install --no-cache-dir --no-deps --no-index dist/*.whl

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /var/lib/kundekort --create-home --shell /usr/sbin/nologin kundekort
COPY --from=build /opt/kundekort /opt/kundekort
ENV PATH=/opt/kundekort/bin:$PATH \
    KUNDEKORT_DATA=/var/lib/kundekort \
    KUNDEKORT_LOG_FORMAT=json \
    PYTHONUNBUFFERED=1
USER kundekort
WORKDIR /var/lib/kundekort
VOLUME /var/lib/kundekort
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["kundekort", "serve"]
