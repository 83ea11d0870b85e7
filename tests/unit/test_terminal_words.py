"""The web terminal's catalogues: the same keys and values in both languages, and every key of the code exists."""

import json
import re
from pathlib import Path

import pytest

from comms.domain.call import CallEnd
from comms.domain.order import AssignmentState, OrderPriority
from comms.domain.unit import VideoConsent
from comms.domain.video import VideoEnd
from comms.protocol import asyncapi

ROOT = Path(__file__).parents[2] / "resources" / "terminal"
CATALOGUES: dict[str, dict[str, str]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "i18n").glob("*.json"))
}
CODE = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.rglob("*.js")}
KEY = re.compile(r'"([a-z]+(?:\.[a-z_0-9]+)+)"')
PREFIX = re.compile(r"`([a-z]+(?:\.[a-z_]+)*[._])\$\{")
CHINESE = re.compile(r"[一-鿿]")
NAMES_OF_LANGUAGES = {"中文"}
PREFIXES_AS_VALUES = ("talk.deny", "talk.revoke")
"""Handed to a function that adds the cause."""


WIRE = {asyncapi.kind_of(each) for each in (*asyncapi.command_types(), *asyncapi.push_types())}


def _keys_in_code() -> set[str]:
    """Strings that look like keys and begin with a noun of the catalogue."""
    nouns = {key.split(".")[0] for key in CATALOGUES["en"]}
    found = {key for text in CODE.values() for key in KEY.findall(text)}
    return {key for key in found if key.split(".")[0] in nouns and not key.endswith(".js")} - set(PREFIXES_AS_VALUES)


def test_both_languages_have_the_same_keys() -> None:
    assert set(CATALOGUES) == {"zh_CN", "en"}
    assert set(CATALOGUES["zh_CN"]) == set(CATALOGUES["en"])


def test_both_languages_name_the_same_values() -> None:
    def values(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", text))

    other = CATALOGUES["en"]
    assert [key for key, text in CATALOGUES["zh_CN"].items() if values(text) != values(other[key])] == []


def test_every_key_of_the_code_exists() -> None:
    assert _keys_in_code() - WIRE - set(CATALOGUES["en"]) == set()


def test_no_key_is_left_over() -> None:
    prefixes = {prefix for text in CODE.values() for prefix in PREFIX.findall(text)} | {
        f"{each}." for each in PREFIXES_AS_VALUES
    }
    used = _keys_in_code()
    left = [key for key in CATALOGUES["en"] if key not in used and not key.startswith(tuple(prefixes))]
    assert not left, " ".join(left)


@pytest.mark.parametrize(
    ("prefix", "words"),
    [
        ("order.state", list(AssignmentState)),
        ("order.priority", list(OrderPriority)),
        ("call.end", list(CallEnd)),
        ("video.end", [end for end in VideoEnd if end is not VideoEnd.STOPPED]),
        ("consent", list(VideoConsent)),
    ],
)
def test_whatever_the_gateway_may_say_has_words(prefix: str, words: list[str]) -> None:
    assert [word for word in words if f"{prefix}.{word}" not in CATALOGUES["en"]] == []


@pytest.mark.parametrize("name", sorted(CODE))
def test_no_words_in_the_code(name: str) -> None:
    lines = [re.sub(r"(^|\s)//.*|/\*\*.*?\*/", "", line) for line in CODE[name].splitlines()]
    strings = {text for line in lines for text in re.findall(r'["`]([^"`]*)["`]', line) if CHINESE.search(text)}
    assert strings <= NAMES_OF_LANGUAGES
