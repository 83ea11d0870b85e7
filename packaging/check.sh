#!/bin/sh
# All checks of this project, one after the other; the first that fails stops it. `check.sh lint` leaves out the tests.
set -eu
cd "$(dirname "$0")/.."
bin=.venv/bin
mkdir -p build
step() { echo "== $*"; }

step "style (ruff)"
$bin/ruff check .
$bin/ruff format --check -q . || { echo "Run: .venv/bin/ruff format ." >&2; exit 1; }
step "types (mypy, strict)"
$bin/mypy
step "import contracts (import-linter)"
$bin/lint-imports --no-cache >build/import-contracts.txt 2>&1 || { cat build/import-contracts.txt; exit 1; }
[ "${1:-}" = lint ] && exit 0

step "tests"
rm -f .coverage .coverage.*
export QT_QPA_PLATFORM=offscreen
# Workers, and the programs that tests start, need not compile everything anew.
unset PYTHONDONTWRITEBYTECODE
# Every map has threads of its own, and each would keep an arena with pictures in it: a worker grew beyond a gigabyte.
export MALLOC_ARENA_MAX=2
# Three on two cores: while one waits for a browser, a process or a clock, another has its core.
rm -rf build/crashes
tell_crashes() { find build/crashes -type f -size +0 -exec sh -c 'echo "== $1"; cat "$1"' _ {} \; >&2 || true; }
$bin/python -m pytest -n 3 --dist worksteal --cov --cov-config=pyproject.toml --cov-report= --durations=15 tests ||
    { tell_crashes; exit 1; }
step "coverage floors"
$bin/python packaging/coverage_floors.py
