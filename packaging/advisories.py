"""Compares what is pinned with a folder of published advisories: for machines that reach no advisory service.

The folder is a copy of a database in the OSV format (https://ossf.github.io/osv-schema), one YAML or JSON file an
advisory, as the Python Packaging Advisory Database has them. Prints each advisory that a pinned version is affected by,
how many were read and of what day the newest is. Ends with 1 when one affects us, with 2 when there is no advisory.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

CONSTRAINTS = Path(__file__).with_name("constraints.txt")
Advisory = dict[str, Any]


def main(folder: Path, constraints: Path = CONSTRAINTS) -> int:
    pins = pinned(constraints.read_text())
    advisories = list(read_from(folder))
    if not advisories:
        sys.stderr.write(f"No advisory is in {folder}. Name the folder of a copy of an OSV database, unpacked.\n")
        return 2
    found = [line for advisory in advisories for line in affected_by(advisory, pins)]
    sys.stdout.writelines(f"{line}\n" for line in sorted(found))
    newest = max(str(advisory.get("modified", "")) for advisory in advisories)[:10]
    about_us = sum(1 for advisory in advisories if any(name in pins for name, _ in packages_of(advisory)))
    sys.stdout.write(
        f"{len(found)} of {len(advisories)} advisories affect what is pinned "
        f"({about_us} are about one of our {len(pins)} packages; the newest is of {newest}).\n"
    )
    return 1 if found else 0


def pinned(text: str) -> dict[str, Version]:
    """Canonical name → version, of lines `name==version`."""
    lines = (line.partition("==") for line in text.splitlines() if "==" in line and not line.startswith("#"))
    return {canonicalize_name(name): Version(version.strip()) for name, _, version in lines}


def read_from(folder: Path) -> Iterator[Advisory]:
    """Every advisory below `folder` that was not withdrawn."""
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".yaml", ".json"):
            continue
        text = path.read_text(encoding="utf-8")
        advisory = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=yaml.CSafeLoader)
        if isinstance(advisory, dict) and "affected" in advisory and "withdrawn" not in advisory:
            yield advisory


def packages_of(advisory: Advisory) -> Iterator[tuple[str, Advisory]]:
    """Canonical name and `affected` entry of each Python package that the advisory is about."""
    for affected in advisory["affected"]:
        package = affected.get("package", {})
        if package.get("ecosystem") == "PyPI":
            yield canonicalize_name(package["name"]), affected


def affected_by(advisory: Advisory, pins: dict[str, Version]) -> Iterator[str]:
    for name, affected in packages_of(advisory):
        version = pins.get(name)
        if version is not None and is_affected(version, affected):
            aliases = ", ".join(advisory.get("aliases", ()))
            yield f"{name} {version}: {advisory['id']} ({aliases})"


def is_affected(version: Version, affected: Advisory) -> bool:
    """By the list of versions, or by a range from `introduced` to before `fixed` or up to `last_affected`."""
    if any(as_version(each) == version for each in affected.get("versions", ())):
        return True
    ranges = (each for each in affected.get("ranges", ()) if each.get("type") == "ECOSYSTEM")
    return any(is_within(version, each["events"]) for each in ranges)


def is_within(version: Version, events: list[dict[str, str]]) -> bool:
    """Whether the events up to `version`, in their order, leave it affected (OSV's evaluation algorithm)."""
    within = False
    for event in events:
        kind, value = next(iter(event.items()))
        at = as_version(value)
        if at is None:
            continue
        if kind == "introduced" and version >= at:
            within = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            within = False
    return within


def as_version(text: str) -> Version | None:
    """None for what is no version of PEP 440: releases of the nineties, which nothing pinned is."""
    try:
        return Version(text)
    except InvalidVersion:
        return None


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.stderr.write("Usage: python packaging/advisories.py FOLDER\n")
        raise SystemExit(2)
    raise SystemExit(main(Path(sys.argv[1])))
