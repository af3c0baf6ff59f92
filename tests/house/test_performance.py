"""The page about performance says what was measured, and nothing else."""

from __future__ import annotations

import json

from bench import report


def test_it_says_what_was_measured() -> None:
    text, plots = report.page(json.loads(report.RESULTS.read_text()))
    assert report.PAGE.read_text() == text, "python -m bench.report"
    assert {path.name: path.read_text() for path in report.PLOTS.glob("*.svg")} == plots
