#!/bin/sh
# Looks for dangerous calls in our own code, and compares what is pinned with published advisories. Ends with 1 when
# something is found, with 3 when nothing was found but no advisory service could be reached: then nothing was compared.
# ADVISORIES=FOLDER names an unpacked copy of a database of advisories, for a machine that reaches no service.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
mkdir -p build
step() { echo "== $*"; }

step "our own code (bandit)"
$bin/bandit --quiet --recursive --configfile pyproject.toml comms console ui resources || exit 1
step "what is pinned (pip-audit)"
for service in pypi osv; do
    # Strict, because it says "No known vulnerabilities found" of packages it could not ask about.
    if $bin/pip-audit --requirement packaging/constraints.txt --no-deps --disable-pip --strict --progress-spinner off \
        --vulnerability-service "$service" >build/pip-audit.txt 2>&1; then
        echo "No known vulnerabilities, says $service."
        exit 0
    fi
    grep -qiE "^[a-z0-9_.-]+ +[0-9][^ ]* +(PYSEC|GHSA|CVE)-" build/pip-audit.txt && { cat build/pip-audit.txt; exit 1; }
done
if [ -n "${ADVISORIES:-}" ]; then
    step "what is pinned (the copy in $ADVISORIES)"
    exec $bin/python packaging/advisories.py "$ADVISORIES"
fi
echo "NOT COMPARED: no advisory service could be reached from here. Run make audit where one can be, before a release, or give it a copy: ADVISORIES=FOLDER." >&2
exit 3
