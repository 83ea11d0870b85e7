"""Scenarios as data: what may be said, and everything wrong with one at once, in plain words."""

from typing import Any

import msgspec
import pytest

from comms.domain.inject import AtTime, Call, Spot, actors_of, spot_of, words_of
from comms.domain.scenario import Scenario
from comms.domain.scenario_check import (
    SENTENCES,
    ScenarioFault,
    ScenarioFaultCode,
    faults_of,
    is_minute,
    soonest_s,
    waits_for,
)
from tests.support.drill import raw, scenario

CUE = {"do": "cue", "text": "手动"}


def inject(name: str, when: dict[str, Any], what: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": name, "title": "题", "when": when, "what": what or CUE}


def codes(**changed: Any) -> list[tuple[ScenarioFaultCode, str]]:
    return [(fault.code, fault.where) for fault in faults_of(scenario(**changed))]


def with_inject(what: dict[str, Any]) -> list[tuple[ScenarioFaultCode, str]]:
    return codes(injects=[*raw()["injects"], inject("more", {"by": "time", "s": 1}, what)])


def test_a_good_scenario_has_nothing_wrong_in_either_language() -> None:
    assert faults_of(scenario(), locales=("zh_CN", "en")) == ()


def test_the_digest_is_of_what_is_said_and_not_of_how_it_was_written() -> None:
    turned = dict(reversed(raw().items()))
    assert msgspec.convert(turned, Scenario).digest == scenario().digest
    assert scenario(length_min=21).digest != scenario().digest


def test_parts_are_found_by_their_ids() -> None:
    small = scenario()
    first, ordered, crew, duty = (
        small.inject("first"),
        small.expectation("ordered"),
        small.actor("crew"),
        small.role("duty"),
    )
    assert first is not None
    assert first.when == AtTime(s=10.0)
    assert not first.is_contingency
    assert small.injects[1].is_contingency
    assert ordered is not None
    assert ordered.since == "first"
    assert crew is not None
    assert crew.unit == 1
    assert duty is not None
    assert duty.officer == "duty"
    assert (small.inject("no"), small.expectation("no"), small.actor("no"), small.role("no")) == (None,) * 4
    assert small.length_s == 1200.0


@pytest.mark.parametrize("field", ["injects", "cast", "expectations", "roles"])
def test_a_word_that_no_scenario_has_is_refused(field: str) -> None:
    parts = raw()[field]
    parts[0]["colour"] = "red"
    with pytest.raises(msgspec.ValidationError, match="colour"):
        scenario(**{field: parts})


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026-06-18 14:30", True),
        ("2024-02-29 00:00", True),
        ("2000-02-29 23:59", True),
        ("2026-02-29 00:00", False),
        ("1900-02-29 00:00", False),
        ("2026-13-01 00:00", False),
        ("2026-00-01 00:00", False),
        ("2026-04-31 00:00", False),
        ("2026-04-00 00:00", False),
        ("2026-04-30 24:00", False),
        ("2026-04-30 23:60", False),
        ("0000-04-30 23:00", False),
    ],
)
def test_a_minute_is_one_of_the_calendar(text: str, is_one: bool) -> None:
    assert is_minute(text) is is_one


def test_the_head_is_looked_at() -> None:
    objectives = [*raw()["objectives"], {"id": "other", "words": "另一个"}]
    found = codes(
        format=2,
        starts_at="2026-02-30 10:00",
        roles=[],
        objectives=objectives,
        checklist=[{"id": "c", "text": "查", "role": "nobody"}, {"id": "d", "text": "查"}],
    )
    assert found == [
        (ScenarioFaultCode.OTHER_FORMAT, "scenario"),
        (ScenarioFaultCode.BAD_START, "starts_at"),
        (ScenarioFaultCode.NO_TRAINEE, "roles"),
        (ScenarioFaultCode.UNUSED_OBJECTIVE, "objectives.other"),
        (ScenarioFaultCode.UNKNOWN, "checklist.c.role"),
    ]


def test_ids_that_are_given_twice_are_told_once_each() -> None:
    again = raw()["injects"][0]
    found = codes(injects=[*raw()["injects"], again, inject("ordered", {"by": "time", "s": 1})])
    assert found.count((ScenarioFaultCode.DOUBLED, "injects")) == 2


def test_who_plays_has_to_be_somebody() -> None:
    cast = [
        *raw()["cast"],
        {"id": "nobody", "name": "谁"},
        {"id": "near", "name": "近", "near": {"lat": 23.0}},
        {"id": "far", "name": "远", "near": {"named": "市场"}},
    ]
    assert codes(cast=cast) == [
        (ScenarioFaultCode.NO_ACTOR, "cast.nobody"),
        (ScenarioFaultCode.BAD_SPOT, "cast.near.near"),
    ]


@pytest.mark.parametrize(
    ("spot", "is_single"),
    [
        ({"lat": 23.0, "lon": 113.7}, True),
        ({"grid": "g1"}, True),
        ({"street": "一路"}, True),
        ({"street": "一路", "crossing": "二路"}, True),
        ({"named": "市场"}, True),
        ({}, False),
        ({"lat": 23.0}, False),
        ({"crossing": "二路"}, False),
        ({"named": "市场", "crossing": "二路"}, False),
        ({"named": "市场", "lat": 23.0, "lon": 113.7}, False),
    ],
)
def test_a_place_is_said_once_and_whole(spot: dict[str, Any], is_single: bool) -> None:
    assert msgspec.convert(spot, Spot).is_single is is_single


def test_injects_name_only_what_is_there() -> None:
    assert with_inject({"do": "say", "actor": "ghost", "text": "喂"}) == [
        (ScenarioFaultCode.UNKNOWN, "injects.more.what")
    ]
    assert with_inject({"do": "say", "actor": "citizen", "text": "喂"}) == [
        (ScenarioFaultCode.CITIZEN, "injects.more.what")
    ]
    assert with_inject({"do": "caller", "actor": "citizen", "text": "喂"}) == []
    assert with_inject({"do": "caller", "actor": "citizen", "text": "喂", "kind": "火情"}) == [
        (ScenarioFaultCode.NO_PLACE, "injects.more.what")
    ]
    assert with_inject({"do": "crowd", "place": {}, "actors": ["crew", "ghost"]}) == [
        (ScenarioFaultCode.UNKNOWN, "injects.more.what"),
        (ScenarioFaultCode.BAD_SPOT, "injects.more.what.place"),
    ]


def test_expectations_name_only_what_is_there() -> None:
    first = raw()["expectations"][0]
    found = codes(
        expectations=[
            first,
            first
            | {"id": "a", "objective": "no", "since": "no", "role": "no", "what": {"see": "video", "actor": "no"}},
            first | {"id": "b", "role": "duty", "what": {"see": "right_unit"}},
            first | {"id": "c", "what": {"see": "call_answered"}},
            first | {"id": "d", "since": "no", "what": {"see": "call_answered"}},
            first | {"id": "e", "what": {"see": "right_unit", "actors": ["crew"]}},
            first | {"id": "f", "what": {"see": "unit_called", "actor": "crew"}},
        ]
    )
    assert found == [
        (ScenarioFaultCode.UNKNOWN, "expectations.a.since"),
        (ScenarioFaultCode.UNKNOWN, "expectations.a.objective"),
        (ScenarioFaultCode.UNKNOWN, "expectations.a.role"),
        (ScenarioFaultCode.UNKNOWN, "expectations.a.what"),
        (ScenarioFaultCode.NOBODY_RIGHT, "expectations.b.what"),
        (ScenarioFaultCode.NO_CALL, "expectations.c.what"),
        (ScenarioFaultCode.UNKNOWN, "expectations.d.since"),
    ]


def test_a_call_that_is_awaited_may_be_made() -> None:
    call = inject("call", {"by": "time", "s": 1}, {"do": "caller", "actor": "crew", "text": "喂"})
    answered = raw()["expectations"][0] | {"id": "a", "since": "call", "what": {"see": "call_answered"}}
    assert codes(injects=[*raw()["injects"], call], expectations=[*raw()["expectations"], answered]) == []


def test_what_waits_for_itself_or_for_nothing_can_never_come() -> None:
    injects = [
        *raw()["injects"],
        inject("a", {"by": "inject", "inject": "b"}),
        inject("b", {"by": "met", "expectation": "of_a"}),
        inject("c", {"by": "settled", "expectation": "of_a"}),
        inject("d", {"by": "inject", "inject": "no"}),
        inject("e", {"by": "inject", "inject": "d"}),
        inject("f", {"by": "missed", "expectation": "no"}),
    ]
    of_a = raw()["expectations"][0] | {"id": "of_a", "since": "a"}
    found = codes(injects=injects, expectations=[*raw()["expectations"], of_a])
    assert found == [
        (ScenarioFaultCode.UNKNOWN, "injects.d.when"),
        (ScenarioFaultCode.UNKNOWN, "injects.f.when"),
        (ScenarioFaultCode.CYCLE, "injects.a.when"),
        (ScenarioFaultCode.CYCLE, "injects.b.when"),
        (ScenarioFaultCode.UNREACHABLE, "injects.c.when"),
        (ScenarioFaultCode.UNREACHABLE, "injects.e.when"),
    ]


def test_the_soonest_second_goes_through_expectations() -> None:
    injects = [
        *raw()["injects"],
        inject("then", {"by": "met", "expectation": "ordered", "s": 3}),
        inject("after", {"by": "inject", "inject": "help", "s": 20}),
    ]
    told = scenario(injects=injects)
    assert soonest_s(told) == {"first": 10.0, "help": 75.0, "then": 13.0, "after": 95.0}
    assert [waits_for(told, each) for each in told.injects] == [None, "first", "first", "help"]


def test_what_comes_after_the_end_is_told() -> None:
    assert codes(length_min=1) == [(ScenarioFaultCode.TOO_LATE, "injects.help.when")]


def test_what_is_not_said_in_a_language_is_told() -> None:
    half = scenario(title={"zh_CN": "小火"}, summary="  ", doctrine=[{"source": "消防法", "says": {"zh_CN": "报警"}}])
    found = [(fault.where, fault.value) for fault in faults_of(half, locales=("zh_CN", "en"))]
    assert found == [("title", "en"), ("summary", "zh_CN"), ("summary", "en"), ("doctrine.1.says", "en")]
    found = [(fault.where, fault.value) for fault in faults_of(half)]
    assert found == [("summary", "any language")]
    nothing = scenario(title={})
    assert [(fault.where, fault.value) for fault in faults_of(nothing)] == [("title", "zh_CN"), ("title", "en")]


@pytest.mark.parametrize(
    ("what", "is_needed"),
    [
        ({"do": "alarm"}, True),
        ({"do": "alarm", "kind": "unit_silent", "actor": "crew"}, False),
        ({"do": "cue", "text": ""}, True),
        ({"do": "picture", "actor": "crew", "scene": "fire"}, False),
        ({"do": "road_closed", "place": {"street": "一路"}, "text": ""}, True),
        ({"do": "radio_failure", "talkgroup": "town", "for_s": 60}, False),
    ],
)
def test_what_tells_somebody_something_needs_words(what: dict[str, Any], is_needed: bool) -> None:
    assert bool(with_inject(what)) is is_needed


@pytest.mark.parametrize(
    ("what", "actors"),
    [
        ({"do": "behave", "actor": "crew", "behaviour": "slow"}, ("crew",)),
        ({"do": "unit_trouble", "actor": "crew", "cause": "down"}, ("crew",)),
        ({"do": "alarm", "actor": "crew"}, ("crew",)),
        ({"do": "alarm"}, ()),
        ({"do": "crowd", "place": {"named": "市场"}, "actors": ["crew"]}, ("crew",)),
        (CUE, ()),
    ],
)
def test_who_takes_part_in_an_inject_is_known(what: dict[str, Any], actors: tuple[str, ...]) -> None:
    told = scenario(injects=[inject("i", {"by": "time", "s": 0}, what)], expectations=[])
    assert actors_of(told.injects[0].what) == actors


def test_where_and_what_an_inject_tells_is_known() -> None:
    call = Call(actor="citizen", text="喂", place=Spot(grid="g1"))
    assert spot_of(call) == Spot(grid="g1")
    assert words_of(call) == "喂"
    behave = scenario(
        injects=[inject("i", {"by": "time", "s": 0}, {"do": "behave", "actor": "crew", "behaviour": "slow"})]
    )
    assert spot_of(behave.injects[0].what) is None
    assert words_of(behave.injects[0].what) == ""


@pytest.mark.parametrize("code", list(ScenarioFaultCode))
def test_every_fault_is_a_sentence_in_both_languages(code: ScenarioFaultCode) -> None:
    fault = ScenarioFault(code, "injects.first", "甲", "乙, 丙")
    english, chinese = fault.words("en"), fault.words("zh_CN")
    assert english.startswith("injects.first ")
    assert english.endswith(".")
    assert chinese.startswith("injects.first：")
    assert chinese.endswith("。")
    assert fault.words("fr") == english
    assert SENTENCES["en"].keys() == SENTENCES["zh_CN"].keys() == set(ScenarioFaultCode)
