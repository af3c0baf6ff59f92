"""Anonymising on a database server of somebody's own, whose user may not do everything: it says what is left."""

from __future__ import annotations

import psycopg

from tests.cli.test_customers import FILE, run
from tests.postgres import PASSWORD, programs, served


def test_it_says_what_the_database_does_not_let_it_clear(environment: dict[str, str]) -> None:
    with served(programs()["18"]) as url:
        with psycopg.connect(url, autocommit=True) as conn:
            conn.execute(f"CREATE ROLE plain LOGIN PASSWORD '{PASSWORD}'")
            conn.execute("GRANT CREATE ON SCHEMA public TO plain")
        own = {"KUNDEKORT_DATABASE_URL": url.replace("//kundekort:", "//plain:")}
        assert own["KUNDEKORT_DATABASE_URL"] != url
        assert run(environment | own, "import", "-", "--yes", text=FILE).returncode == 0
        done = run(environment | own, "customers", "anonymise", "2", "--yes")
        assert done.returncode == 0, done.stderr
        assert "does not own the database" in done.stderr
        assert "write-ahead log" in done.stderr
        with psycopg.connect(url) as conn:
            rows = conn.execute("SELECT state, notice FROM kundekort_anonymisation").fetchall()
        assert rows == [("done", "statistics_kept wal_kept")]
