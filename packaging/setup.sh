#!/bin/sh
# Makes this checkout ready to run (setup.sh run), to test (test), to fuzz (fuzz) or to look through its dependencies
# (audit): system packages, a virtual environment, pinned Python packages. When nothing has changed since the last time it takes a few milliseconds.
set -eu
cd "$(dirname "$0")/.."
purpose="${1:-run}"

# Opus, PortAudio, and what Qt's platform plugins load; a Chinese font.
packages="libopus0 libportaudio2 libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1
 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0
 libxcb-sync1 libxcb-xfixes0 libxcb-xinerama0 libxcb-xkb1 fonts-noto-cjk"
# A real browser as the web terminal, a real TURN server.
[ "$purpose" = test ] && packages="$packages chromium coturn iproute2"
# Simulated people speak words with it, and vowels without it: nobody is kept from running for its sake.
[ "$(id -u)" = 0 ] && packages="$packages espeak-ng"

missing=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "Some system packages are missing. As root run: apt-get install$missing" >&2
        exit 1
    fi
    echo "Installing system packages:$missing" >&2
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi

python=""
for candidate in python3.11 python3.12 python3.13 python3; do
    if command -v "$candidate" >/dev/null && "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python="$candidate"
        break
    fi
done
if [ -z "$python" ]; then
    if [ "$(id -u)" = 0 ] && command -v python3 >/dev/null && python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
        python=python3
    else
        echo "Python 3.11 or newer with its venv module is needed. On Debian 12, as root run: apt-get install python3-venv" >&2
        exit 1
    fi
fi

case "$purpose" in
    test) extras="echo,dev" ;;
    fuzz | audit) extras="echo,dev,$purpose" ;;
    *) extras="echo" ;;
esac
stamp=".venv/ready-$purpose-$(cat pyproject.toml packaging/constraints.txt | sha256sum | cut -c1-16)"
if [ ! -e "$stamp" ]; then
    echo "Preparing the Python environment (first time: about a minute)" >&2
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    PIP_CONSTRAINT="$PWD/packaging/constraints.txt" .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[$extras]"
    rm -f .venv/ready-"$purpose"-*
    touch "$stamp"
fi
