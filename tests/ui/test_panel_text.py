"""The catalogues hold every word the interface says, in both languages, and the interface says no other."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from string import Formatter

import pytest

from comms.domain.call import CallEnd
from comms.domain.order import AssignmentState, OrderPriority
from comms.domain.unit import UnitStatus
from comms.domain.video import VideoEnd, VideoKind
from comms.protocol.errors import Locale, RefusalCode
from ui.text import Texts, catalogue

ROOT = Path(__file__).parents[2]
UI = ROOT / "ui"
CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
KEY = re.compile(r"[a-z][a-z_]*(\.[a-z0-9_]+)+")
SAYING = {
    "setText", "setToolTip", "setWindowTitle", "setPlaceholderText", "setAccessibleName", "setTitle", "addTab",
    "setStatusTip", "setLabelText", "label", "ElidedLabel", "QLabel", "QPushButton", "QAction", "QCheckBox",
}  # fmt: skip
ZH, EN = catalogue(Locale.ZH_CN), catalogue(Locale.EN)


@cache
def _trees() -> tuple[tuple[str, ast.Module], ...]:
    """What may say something: the interface, and the composition root above it."""
    paths = sorted((*UI.rglob("*.py"), *(ROOT / "console").glob("*.py")))
    return tuple((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def _docstrings(tree: ast.Module) -> set[int]:
    """Ids of constants that are docstrings, of attributes too: bare string statements."""
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _constants(tree: ast.Module) -> Iterator[str]:
    docs = _docstrings(tree)
    docs |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def _prefixes(tree: ast.Module) -> Iterator[str]:
    """What f-strings begin with, as far as it reads like the beginning of a key."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            head = str(node.values[0].value)
            if re.fullmatch(r"[a-z][a-z_]*\.[a-z_.]*", head):
                yield head


def test_both_languages_have_the_same_keys() -> None:
    assert set(ZH) == set(EN)


def _parts(locale: Locale) -> dict[str, list[str]]:
    """The keys of each file of a language, in the order they are written."""
    folder = resources.files("resources").joinpath("i18n", locale.value)
    return {part.name: list(json.loads(part.read_text(encoding="utf-8"))) for part in folder.iterdir()}


@pytest.mark.parametrize("locale", Locale)
def test_keys_are_flat_and_sorted(locale: Locale) -> None:
    for keys in _parts(locale).values():
        assert keys == sorted(keys)
        assert all(KEY.fullmatch(key) or key.startswith(("language.", "status.")) for key in keys)


def test_each_key_is_in_one_file_and_the_same_in_both_languages() -> None:
    assert _parts(Locale.ZH_CN) == _parts(Locale.EN)
    keys = [key for part in _parts(Locale.ZH_CN).values() for key in part]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("key", sorted(ZH))
def test_both_languages_fill_in_the_same_values(key: str) -> None:
    def names(words: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(words) if name is not None}

    assert names(ZH[key]) == names(EN[key])


def test_every_key_in_the_code_exists() -> None:
    nouns = {key.partition(".")[0] for key in ZH}
    missing = {
        (name, words)
        for name, tree in _trees()
        for words in _constants(tree)
        if KEY.fullmatch(words) and words.partition(".")[0] in nouns and words not in ZH and not words.endswith(".json")
    }
    assert not missing


def test_every_prefix_in_the_code_has_keys() -> None:
    nouns = {key.partition(".")[0] for key in ZH}
    bare = {
        (name, prefix)
        for name, tree in _trees()
        for prefix in _prefixes(tree)
        if prefix.partition(".")[0] in nouns and not any(key.startswith(prefix) for key in ZH)
    }
    assert not bare


def test_no_key_is_left_over() -> None:
    used = {words for _, tree in _trees() for words in _constants(tree)}
    prefixes = tuple({prefix for _, tree in _trees() for prefix in _prefixes(tree)})
    # Named by a prefix handed to Choices.
    choices = ("priority.", "deadline.", "theme.", "language.", "echo.", "travel.", "around_radius.", "near_count.")
    assert not [key for key in ZH if key not in used and not key.startswith(prefixes + choices)]


def test_keys_made_from_values_exist_for_every_value() -> None:
    made = [f"status.{one.value}" for one in UnitStatus]
    made += [f"call_end.{one.value}" for one in CallEnd]
    made += [f"video_end.{one.value}" for one in VideoEnd]
    made += [f"video_kind.{one.value}" for one in VideoKind]
    made += [f"log.video_started.{one.value}" for one in VideoKind]
    made += [f"priority.{one.value}" for one in OrderPriority]
    made += [f"step.{one.value}" for one in AssignmentState]
    made += [f"language.{one.value}" for one in Locale]
    assert not [key for key in made if key not in ZH]


def test_the_code_says_no_chinese_of_its_own() -> None:
    found = [
        (name, words)
        for name, tree in _trees()
        if name.startswith("ui/")
        for words in _constants(tree)
        if CJK.search(words)
    ]
    assert not found


def test_the_code_says_no_english_of_its_own() -> None:
    found = []
    for name, tree in _trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            spoken = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            if called in SAYING and any(re.search("[A-Za-z]{2}", words) for words in spoken):
                found.append((name, node.lineno, spoken))
    assert not found


@pytest.mark.parametrize("locale", Locale)
def test_switching_tells_once_and_changes_every_text(locale: Locale, qapp: object) -> None:
    other = next(one for one in Locale if one is not locale)
    text = Texts(other)
    told: list[Locale] = []
    text.changed.connect(lambda: told.append(text.locale))
    text.switch(locale)
    text.switch(locale)
    assert told == [locale]
    assert text("tab.orders") == catalogue(locale)["tab.orders"]
    assert text.refusal(RefusalCode.BUSY) != Texts(other).refusal(RefusalCode.BUSY)


def test_values_are_filled_in_and_an_unknown_key_is_an_error(qapp: object) -> None:
    text = Texts(Locale.EN)
    assert text("card.hearing", count=3) == "3 online"
    with pytest.raises(KeyError):
        text("no.such.key")
