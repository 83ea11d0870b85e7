"""What is pinned, compared with a folder of advisories: by list, by range, by another spelling of a name."""

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "packaging" / "advisories.py"))
compare: Callable[[Path, Path], int] = SCRIPT["main"]
is_affected: Callable[[Version, dict[str, Any]], bool] = SCRIPT["is_affected"]


def between(*events: dict[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}


@pytest.mark.parametrize(
    ("version", "affected", "expected"),
    [
        ("1.2", {"versions": ["1.1", "1.2.0"]}, True),
        ("1.3", {"versions": ["1.1", "1.2"]}, False),
        ("1.3", {"versions": ["not a version", "1.3"]}, True),
        ("2.0", between({"introduced": "0"}), True),
        ("2.0", between({"introduced": "0"}, {"fixed": "2.0"}), False),
        ("2.0rc1", between({"introduced": "0"}, {"fixed": "2.0"}), True),
        ("2.0", between({"introduced": "0"}, {"last_affected": "2.0"}), True),
        ("2.1", between({"introduced": "0"}, {"last_affected": "2.0"}), False),
        ("3.1", between({"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "3.0"}, {"fixed": "3.2"}), True),
        ("2.5", between({"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "3.0"}, {"fixed": "3.2"}), False),
        ("2.0", {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, False),
    ],
)
def test_a_version_is_affected_by_list_or_by_range(version: str, affected: dict[str, Any], expected: bool) -> None:
    assert is_affected(Version(version), affected) is expected


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    path = tmp_path / "constraints.txt"
    path.write_text("# pins\nSome.Package==1.5\nother==2.0\n")
    return path


def advisory(name: str, **more: Any) -> dict[str, Any]:
    package = {"ecosystem": "PyPI", "name": name}
    affected = [{"package": package, "versions": ["1.5"]}]
    return {"id": "PYSEC-1", "modified": "2024-10-10T00:00:00Z", "affected": affected, **more}


def folder_of(tmp_path: Path, *advisories: dict[str, Any]) -> Path:
    folder = tmp_path / "advisories"
    folder.mkdir()
    for number, each in enumerate(advisories):  # JSON is YAML, too
        (folder / f"{number}{'.json' if number % 2 else '.yaml'}").write_text(json.dumps(each))
    return folder


def test_what_affects_a_pin_is_named(tmp_path: Path, pins: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of(tmp_path, advisory("some-package", aliases=["CVE-1"]), advisory("other"))
    assert compare(folder, pins) == 1
    said = capsys.readouterr().out
    assert said.startswith("some-package 1.5: PYSEC-1 (CVE-1)\n1 of 2 advisories affect what is pinned")
    assert "2 are about one of our 2 packages; the newest is of 2024-10-10" in said


def test_what_was_withdrawn_affects_nobody(tmp_path: Path, pins: Path) -> None:
    folder = folder_of(tmp_path, advisory("some_package", withdrawn="2024-01-01T00:00:00Z"), advisory("other"))
    assert compare(folder, pins) == 0


def test_a_folder_without_advisories_is_not_taken_for_a_clean_one(
    tmp_path: Path, pins: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(folder_of(tmp_path), pins) == 2
    assert "No advisory is in" in capsys.readouterr().err
