"""The shape of the project: what may lie at the top, and how large a file, class and function may grow."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.no_cover  # it reads code and runs none of it

ROOT = Path(__file__).parents[2]
TOP_LEVEL = {
    "pyproject.toml", "console", "ui", "comms", "resources", "tests", "packaging", "README.md", "README.zh-CN.md",
    "LICENSE", "CHANGELOG.md", "ARCHITECTURE.md", "Makefile", ".ci", ".gitignore",
}  # fmt: skip
NOT_OURS = {".git", ".venv", "build", "dist"}
CODE = ("comms", "console", "ui", "resources")

FILE_LINES, CLASS_LINES, FUNCTION_LINES = 400, 200, 40

EXCEPTIONS: dict[str, str] = {
    "comms/domain/picture.py:Picture": "the one fold: splitting it by noun would hide that it is total",
    "ui/map/map_widget.py:MapWidget": "Qt's event handlers are methods of the widget; what they do is in gestures.py",
}
"""What may be longer, and why."""

LATE = ("docx", "pyogrio", "openpyxl", "pyproj", "scipy", "console.layers.files.vector")
"""Loaded when first needed, on the thread that needs it: 65 MB and a second that no start should cost."""
LATE_ITSELF = "console/layers/files/vector.py"


def _modules() -> Iterator[tuple[str, str]]:
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Found:
    definitions: list[tuple[str, bool, int]] = field(default_factory=list)
    """Module and name, whether it is a class, and its lines."""
    imported: list[tuple[str, str]] = field(default_factory=list)
    """Module, and what it imports when it is imported itself."""


@cache
def _found() -> Found:
    """Each module is parsed once and its tree let go: all trees at once are half a gigabyte to look through for
    garbage, in this worker and until it ends."""
    found = Found()
    for name, text in _modules():
        tree = ast.parse(text)
        found.definitions += [
            (f"{name}:{node.name}", isinstance(node, ast.ClassDef), _code_lines(node)) for node in _definitions(tree)
        ]
        found.imported += [
            (name, imported)
            for node in tree.body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for imported in (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
            )
        ]
    return found


def _definitions(node: ast.AST) -> Iterator[Definition]:
    """All below it; they stand in statements, never in what is only computed."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            yield child
        if not isinstance(child, ast.expr):
            yield from _definitions(child)


def _code_lines(node: Definition) -> int:
    """Lines of a definition without its docstring, which explains rather than grows."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def test_top_level_holds_only_what_was_agreed() -> None:
    found = {entry.name for entry in ROOT.iterdir()} - NOT_OURS
    hidden_caches = {name for name in found if name.startswith((".mypy", ".ruff", ".hypo", ".cov", ".import"))}
    assert found - hidden_caches <= TOP_LEVEL


def test_packaging_is_no_package() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists(), "it would shadow the library of that name"


def test_files_stay_small() -> None:
    long = {
        name: len(text.splitlines())
        for name, text in _modules()
        if len(text.splitlines()) > FILE_LINES and name not in EXCEPTIONS
    }
    assert not long


@pytest.mark.parametrize(
    ("is_class", "limit"), [(True, CLASS_LINES), (False, FUNCTION_LINES)], ids=["class", "function"]
)
def test_definitions_stay_small(is_class: bool, limit: int) -> None:
    assert not {
        name: lines
        for name, kind, lines in _found().definitions
        if kind is is_class and lines > limit and name not in EXCEPTIONS
    }


def test_exceptions_still_exist() -> None:
    names = {name for name, _ in _modules()}
    assert {key.partition(":")[0] for key in EXCEPTIONS} <= names


def test_what_is_needed_late_is_not_loaded_at_the_start() -> None:
    early = [
        (name, imported)
        for name, imported in _found().imported
        if name != LATE_ITSELF and f"{imported}.".startswith(tuple(f"{late}." for late in LATE))
    ]
    assert not early


def test_web_terminal_files_stay_small() -> None:
    long = {
        path.name: len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / "resources" / "terminal").rglob("*.js")
        if len(path.read_text(encoding="utf-8").splitlines()) > FILE_LINES
    }
    assert not long
