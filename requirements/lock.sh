#!/bin/sh
# Pins every package with its hashes. Needs pip-tools in the environment; run from the root of the project.
set -eu
lock() { pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options "$@"; }
lock -c requirements/constraints.txt -o requirements/run.txt pyproject.toml
lock --extra build -c requirements/run.txt -o requirements/build.txt pyproject.toml
lock --extra docs -c requirements/run.txt -o requirements/docs.txt pyproject.toml
lock --extra build --extra docs --extra telemetry --extra dev -c requirements/run.txt -o requirements/dev.txt pyproject.toml
lock -o requirements/fuzz.txt requirements/fuzz.in
lock -o requirements/bench.txt requirements/bench.in  # in an environment of their own, with versions of their own
