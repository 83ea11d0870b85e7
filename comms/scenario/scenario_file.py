"""Scenario files: YAML to and from a `Scenario`, its JSON Schema, and what is wrong with a file, by its line."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from comms.domain.expectation import Expectation
from comms.domain.inject import Inject
from comms.domain.scenario import Actor, CheckLine, Doctrine, Objective, Role, Scenario
from comms.domain.scenario_check import ScenarioFault, faults_of
from comms.scenario.yaml_text import Lines, Path, YamlTextError, read_yaml, write_yaml

SCHEMA_NAME = "scenario.schema.json"
_HEAD = f"# yaml-language-server: $schema={SCHEMA_NAME}\n"
_LISTS: dict[str, type[msgspec.Struct]] = {
    "doctrine": Doctrine,
    "objectives": Objective,
    "cast": Actor,
    "roles": Role,
    "injects": Inject,
    "expectations": Expectation,
    "checklist": CheckLine,
}
"""Looked at one by one, so that a file is told of all that is wrong with it."""


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong: the line (from 1), where in the scenario, and what to do, by locale."""

    line: int
    where: str
    sentences: dict[str, str]

    def words(self, locale: str) -> str:
        told = self.sentences.get(locale) or self.sentences["en"]
        return f"第 {self.line} 行：{told}" if locale == "zh_CN" else f"Line {self.line}: {told}"


class ScenarioFileError(ValueError):
    """Says everything that is wrong with a file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.words("en") for problem in problems))
        self.problems = tuple(problems)


def read_scenario(data: bytes, *, locales: Iterable[str] = (), is_lenient: bool = False) -> Scenario:
    """Raises ScenarioFileError. `is_lenient` takes a scenario that can be read and makes no sense yet, as an editor has
    to; `locales` are languages in which everything has to be said."""
    scenario, lines = _shaped(data)
    faults = () if is_lenient else faults_of(scenario, locales=locales)
    if faults:
        raise ScenarioFileError([_of_fault(fault, scenario, lines) for fault in faults])
    return scenario


def problems_of(data: bytes, *, locales: Iterable[str] = ()) -> tuple[Problem, ...]:
    """None when the file is good."""
    try:
        read_scenario(data, locales=locales)
    except ScenarioFileError as error:
        return error.problems
    return ()


def write_scenario(scenario: Scenario) -> bytes:
    """Read again, it is the same scenario."""
    return (_HEAD + write_yaml(_plain(msgspec.to_builtins(scenario)))).encode()


def schema() -> bytes:
    """The JSON Schema (2020-12) of a scenario file, for editors and other programs."""
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Drill scenario (演练情景)",
        **msgspec.json.schema(Scenario),
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"


def _plain(value: Any, *, is_free: bool = False) -> Any:
    """Whole numbers without a point, but in a behaviour, whose values are taken as they are."""
    if isinstance(value, dict):
        return {key: _plain(part, is_free=is_free or key == "behaviour") for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part, is_free=is_free) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() and not is_free else value


# --- from a file ------------------------------------------------------------------------------------------------


def _shaped(data: bytes) -> tuple[Scenario, Lines]:
    try:
        raw, lines = read_yaml(data)
    except YamlTextError as error:
        sentences = {
            "en": f"This is no YAML: {error.what}. Compare the line with a scenario that came with the product.",
            "zh_CN": f"不是有效的 YAML（{error.what}）。请对照随产品附带的情景修改此行。",
        }
        raise ScenarioFileError([Problem(error.line, "", sentences)]) from None
    problems = list(_part_problems(raw, lines))
    try:
        scenario = msgspec.convert(raw, Scenario)
    except msgspec.ValidationError as error:
        problem = _of_error(str(error), (), lines)
        if not any(known.where and problem.where.startswith(known.where) for known in problems):
            problems.append(problem)
        raise ScenarioFileError(sorted(problems, key=lambda each: each.line)) from None
    return scenario, lines


def _part_problems(raw: Any, lines: Lines) -> Iterable[Problem]:
    """Of the parts of lists, each by itself."""
    for name, kind in _LISTS.items() if isinstance(raw, dict) else ():
        parts = raw.get(name)
        for at, part in enumerate(parts) if isinstance(parts, list) else ():
            try:
                msgspec.convert(part, kind)
            except msgspec.ValidationError as error:
                yield _of_error(str(error), (name, at), lines)


_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?:key in )?(?P<path>\$.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+|\.\.\.)\]")
_KINDS: tuple[tuple[str, str, str], ...] = (
    (
        r"Object missing required field `(.+)`",
        "{0} is missing; write it.",
        "缺少 {0}，请补写。",
    ),
    (
        r"Object contains unknown field `(.+)`",
        "{0} is nothing a scenario has there; take it out or correct the word.",
        "此处没有 {0} 这一项，请删除或改正拼写。",
    ),
    (
        r"Invalid value '(.*)'",
        "{0} is not known there; choose one that the schema lists.",
        "此处不认识 {0}，请从模式文件所列的词中选择。",
    ),
    (
        r"Invalid enum value '?(.*?)'?",
        "{0} is not known there; choose one that the schema lists.",
        "此处不认识 {0}，请从模式文件所列的词中选择。",
    ),
    (
        r"Expected `(.+)`, got `(.+)`",
        "something of the kind {0} belongs there, not {1}; correct it.",
        "此处应为 {0}，而不是 {1}，请改正。",
    ),
    (
        r"Expected `(.+)` matching regex (.+)",
        "the words do not have the form {1}; correct them.",
        "写法不符合 {1}，请改正。",
    ),
    (
        r"Expected `(.+)` (>=|<=|>|<) (.+)",
        "the number has to be {1} {2}; correct it.",
        "数值须 {1} {2}，请改正。",
    ),
    (
        r"Expected `(.+)` of length (.+)",
        "there have to be {1}; add or take out.",
        "数量或长度须 {1}，请增减。",
    ),
)


def _of_error(message: str, base: Path, lines: Lines) -> Problem:
    """From what msgspec says, which is one sentence with a path."""
    found = _AT.match(message)
    what, path_text = (found["what"], found["path"] or "") if found is not None else (message, "")
    path = (*base, *(int(at) if at.isdigit() else key or at for key, at in _STEP.findall(path_text)))
    where = _written(path)
    sentences = _told(what)
    told = {
        "en": f"{where or 'scenario'}: {sentences['en']}",
        "zh_CN": f"{where or '情景'}：{sentences['zh_CN']}",
    }
    return Problem(lines.of(path), where, told)


def sentences_of(message: str) -> dict[str, str]:
    """What msgspec says of a value, by locale and without where it is."""
    found = _AT.match(message)
    return _told(found["what"] if found is not None else message)


def _told(what: str) -> dict[str, str]:
    for pattern, english, chinese in _KINDS:
        match = re.fullmatch(pattern, what, re.DOTALL)
        if match is not None:
            return {"en": english.format(*match.groups()), "zh_CN": chinese.format(*match.groups())}
    return {"en": f"{what}.", "zh_CN": f"{what}。"}


def _written(path: Path) -> str:
    words = [f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path]
    return "".join(words).removeprefix(".")


def _of_fault(fault: ScenarioFault, scenario: Scenario, lines: Lines) -> Problem:
    told = {locale: fault.words(locale) for locale in ("en", "zh_CN")}
    return Problem(lines.of(path_of(fault.where, scenario)), fault.where, told)


def path_of(where: str, scenario: Scenario) -> Path:
    """`injects.first.when` is the place of `first` in the list, as the file has it."""
    head, *rest = where.split(".")
    if head not in _LISTS or not rest:
        return (head,)
    ids = [getattr(part, "id", str(number)) for number, part in enumerate(getattr(scenario, head), start=1)]
    if rest[0] not in ids:
        return (head,)
    return (head, ids.index(rest[0]), *rest[1:])
