#!/bin/sh
# Pins every package with its hashes. Needs pip-tools in the environment; run from the root of the project.
set -eu
lock() { pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-header --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options "$@" pyproject.toml; }
lock -c requirements/constraints.txt -o requirements/run.txt
lock --extra build -c requirements/run.txt -o requirements/build.txt
lock --extra build --extra dev -c requirements/run.txt -o requirements/dev.txt
