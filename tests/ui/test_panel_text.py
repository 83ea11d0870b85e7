"""The catalogues hold every word the interface says, in both languages, and the interface says no other."""

import ast
import json
import re
from dataclasses import dataclass, field
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

pytestmark = pytest.mark.no_cover  # it reads code and runs little of it

ROOT = Path(__file__).parents[2]
UI = ROOT / "ui"
CJK = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
KEY = re.compile(r"[a-z][a-z_]*(\.[a-z0-9_]+)+")
SAYING = {
    "setText", "setToolTip", "setWindowTitle", "setPlaceholderText", "setAccessibleName", "setTitle", "addTab",
    "setStatusTip", "setLabelText", "label", "ElidedLabel", "QLabel", "QPushButton", "QAction", "QCheckBox",
}  # fmt: skip
ZH, EN = catalogue(Locale.ZH_CN), catalogue(Locale.EN)


@dataclass
class Said:
    """Of one file: its strings without its docstrings, the beginnings of keys put together by f-strings, and what is
    handed to whatever says it."""

    name: str
    constants: list[str] = field(default_factory=list)
    prefixes: set[str] = field(default_factory=set)
    spoken: list[tuple[int, list[str]]] = field(default_factory=list)


@cache
def _said() -> tuple[Said, ...]:
    """By what may say something: the interface, and the composition root above it."""
    paths = sorted((*UI.rglob("*.py"), *(ROOT / "console").glob("*.py")))
    return tuple(
        _read(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths
    )


def _read(name: str, tree: ast.Module) -> Said:
    said, silent = Said(name), set[int]()
    for node in ast.walk(tree):  # whoever holds a string comes before it
        match node:
            case ast.Expr(value=ast.Constant() as docstring):  # of an attribute too
                silent.add(id(docstring))
            case ast.JoinedStr(values=values):
                silent |= {id(part) for part in values}
                head = str(values[0].value) if values and isinstance(values[0], ast.Constant) else ""
                if re.fullmatch(r"[a-z][a-z_]*\.[a-z_.]*", head):
                    said.prefixes.add(head)
            case ast.Constant(value=str(words)) if id(node) not in silent:
                said.constants.append(words)
            case ast.Call(func=ast.Attribute(attr=called) | ast.Name(id=called), args=arguments) if called in SAYING:
                spoken = [
                    one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str)
                ]
                said.spoken.append((node.lineno, spoken))
    return said


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


def test_both_languages_fill_in_the_same_values() -> None:
    def names(words: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(words) if name is not None}

    assert not [key for key in ZH if names(ZH[key]) != names(EN[key])]


def test_every_key_in_the_code_exists() -> None:
    nouns = {key.partition(".")[0] for key in ZH}
    missing = {
        (said.name, words)
        for said in _said()
        for words in said.constants
        if KEY.fullmatch(words) and words.partition(".")[0] in nouns and words not in ZH and not words.endswith(".json")
    }
    assert not missing


def test_every_prefix_in_the_code_has_keys() -> None:
    nouns = {key.partition(".")[0] for key in ZH}
    bare = {
        (said.name, prefix)
        for said in _said()
        for prefix in said.prefixes
        if prefix.partition(".")[0] in nouns and not any(key.startswith(prefix) for key in ZH)
    }
    assert not bare


def test_no_key_is_left_over() -> None:
    used = {words for said in _said() for words in said.constants}
    prefixes = tuple({prefix for said in _said() for prefix in said.prefixes})
    # Named by a prefix handed to Choices.
    choices = (
        "priority.",
        "deadline.",
        "theme.",
        "language.",
        "echo.",
        "travel.",
        "around_radius.",
        "near_count.",
        "item_shows.",
        "patrol_shows.",
        "bulletin_span.",
        "plan_level.",
        "review_filter.",
        "review_kind.",
        "review_person.",
        "review_rating.",
        "drill_speed.",
        "drill_reach.",
        "drill_rating.",
        "account_page.",
        "access_page.",
    )
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
    assert not [
        (said.name, words)
        for said in _said()
        if said.name.startswith("ui/")
        for words in said.constants
        if CJK.search(words)
    ]


def test_the_code_says_no_english_of_its_own() -> None:
    assert not [
        (said.name, line, spoken)
        for said in _said()
        for line, spoken in said.spoken
        if any(re.search("[A-Za-z]{2}", words) for words in spoken)
    ]


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
