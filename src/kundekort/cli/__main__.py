"""`python -m kundekort.cli`, for processes that the command line starts itself."""

from __future__ import annotations

from kundekort.cli.app import main

main()
