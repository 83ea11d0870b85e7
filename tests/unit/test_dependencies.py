"""No dependency without a reason: each says what for and is used, and everything that is installed for us is pinned."""

import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PYPROJECT = (ROOT / "pyproject.toml").read_text()
PROJECT = tomllib.loads(PYPROJECT)["project"]
OURS = ("comms", "console", "ui", "resources")
UNSEEN = {
    "livekit": "imported by name, because a site may leave it out",
}
"""Dependencies that no import names, and why they are there all the same."""


_IMPORT = re.compile(r"^ *(?:import|from) +([A-Za-z_]\w*)", re.MULTILINE)


def name_of(requirement: str) -> str:
    return canonicalize_name(Requirement(requirement).name)


def declared() -> Iterator[str]:
    yield from PROJECT["dependencies"]
    for extra in PROJECT["optional-dependencies"].values():
        yield from extra


@pytest.mark.parametrize("requirement", sorted(declared()))
def test_a_dependency_says_what_it_is_for(requirement: str) -> None:
    line = next(line for line in PYPROJECT.splitlines() if line.strip().startswith(f'"{requirement}"'))
    reason = line.partition("#")[2].strip()
    assert len(reason) > 10, line


@cache
def imported() -> frozenset[str]:
    """The distributions that our own code imports."""
    modules: set[str] = set()
    for folder in OURS:
        for path in (ROOT / folder).rglob("*.py"):
            modules |= set(_IMPORT.findall(path.read_text()))
    of = packages_distributions()
    others = (modules & set(of)) - set(OURS) - sys.stdlib_module_names  # sentences begin with "from", too
    return frozenset(canonicalize_name(name) for module in others for name in of[module])


def test_every_dependency_is_used() -> None:
    wanted = {name_of(each) for each in (*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["echo"])}
    assert wanted - imported() <= set(UNSEEN)


def test_everything_imported_is_declared() -> None:
    wanted = {name_of(each) for each in declared()}
    carried = {name for each in wanted for name in needed_by(each)}
    assert imported() - wanted <= carried


@cache
def needed_by(name: str) -> frozenset[str]:
    """What a distribution brings along here, and what that does; nothing for one that is not installed."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        try:
            requires = distribution(waiting.pop()).requires or []
        except PackageNotFoundError:
            continue
        for each in map(Requirement, requires):
            key = canonicalize_name(each.name)
            if key not in found and (each.marker is None or each.marker.evaluate({"extra": ""})):
                found.add(key)
                waiting.append(key)
    return frozenset(found)


def test_everything_is_pinned_at_the_version_that_is_installed() -> None:
    lines = [line for line in (ROOT / "packaging" / "constraints.txt").read_text().splitlines() if line[:1] != "#"]
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[A-Za-z0-9_.]+", line) for line in lines)
    pinned = {canonicalize_name(line.partition("==")[0]): line.partition("==")[2] for line in lines}
    assert len(pinned) == len(lines), "one of them twice"
    direct = {name_of(each) for each in declared()}
    everything = direct | {name for each in direct for name in needed_by(each)}
    unpinned = {name for name in everything - set(pinned) if name not in ("pip", "setuptools")}
    assert not unpinned
    assert {name: version for name, version in pinned.items() if installed(name) not in (None, version)} == {}


def installed(name: str) -> str | None:
    try:
        return distribution(name).version
    except PackageNotFoundError:
        return None
