"""Early warning: clusters as a slow watcher finds them, thresholds, trends, nearness, and sentences that explain."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain.alarm import Alarm, AlarmKind, AlarmPhase, AlarmPriority, AlarmState
from comms.domain.events import AlarmRaised, Event, IncidentClosed, IncidentReported, OrderIssued, Recorded, UnitDefined
from comms.domain.ids import GATEWAY, IncidentId, JurisdictionId, OrderId, UnitId
from comms.domain.incident import Incident, IncidentOutcome
from comms.domain.jurisdiction import Level
from comms.domain.order import Order, Place
from comms.domain.picture import Picture
from comms.domain.position import distance_m
from comms.domain.signal import Signal, sight_of, signals_of
from comms.domain.unit import Unit
from comms.domain.warning import (
    ClusterRule,
    NearRiskRule,
    Risk,
    ThresholdRule,
    TrendRule,
    WarningRule,
    WeatherRule,
    clusters,
    judge,
    read_rules,
)
from comms.domain.weather import WeatherAlert, WeatherLevel
from comms.gateway.warning_rules import load_rules
from comms.gateway.warning_watch import beneath, near_pairs
from tests.unit.test_domain_weather import ALERT

VILLAGE = JurisdictionId("c/t/v1")
NOW = 100_000.0
WORDS = {"zh_CN": "{count} 起，{metres} 米，{minutes} 分钟，限 {limit}，{times} 倍，{place}", "en": "{count}"}


def signal(key: str, *, north_m: float = 0.0, ago_s: float = 0.0, about: str = "order", home: str = VILLAGE) -> Signal:
    return Signal(
        noun="order",
        id=key,
        about=about,
        lat=23.0 + north_m / 111_195,
        lon=113.7,
        at=NOW - ago_s,
        jurisdiction_id=JurisdictionId(home),
    )


def fields(**more: Any) -> dict[str, Any]:
    return {"id": "r", "about": ("order",), "priority": AlarmPriority.MEDIUM, "sentences": WORDS, **more}


CLUSTER = ClusterRule(**fields(count=3, within_m=100.0, within_min=10.0))


def judged(
    rule: WarningRule,
    signals: Sequence[Signal],
    risks: Sequence[Risk] = (),
    known: Iterable[Alarm] = (),
) -> list[Alarm]:
    states = {alarm.id: AlarmState(alarm=alarm, phase=AlarmPhase.ACTIVE, raised_at=NOW, last_at=NOW) for alarm in known}
    return judge([rule], signals, risks, now=NOW, neighbours=near_pairs, known=states)


def off(rule: WarningRule) -> WarningRule:
    return msgspec.structs.replace(rule, is_on=False)


# --- clusters -----------------------------------------------------------------------------------------------


def test_a_cluster_is_explained_by_its_evidence() -> None:
    near = [signal(f"o{number}", north_m=50.0 * number, ago_s=100.0 * number) for number in range(3)]
    (warning,) = judged(CLUSTER, [*near, signal("far", north_m=5000.0), signal("old", ago_s=700.0)])
    assert [evidence.id for evidence in warning.evidence] == ["o2", "o1", "o0"]
    assert warning.sentences["zh_CN"] == "3 起，100 米，10 分钟，限 3，0 倍，"
    assert (warning.kind, warning.rule_id, warning.jurisdiction_id) == (AlarmKind.WARNING, "r", VILLAGE)
    assert warning.source == "rule:r/o2"
    assert judged(off(CLUSTER), near) == []
    assert judged(CLUSTER, near[:2]) == []


def test_kinds_are_not_mixed() -> None:
    rule = msgspec.structs.replace(CLUSTER, about=("order", "fire"))
    signals = [signal("a"), signal("b"), signal("c", about="fire"), signal("d", about="theft")]
    assert judged(rule, signals) == []


def test_a_warning_that_goes_on_keeps_its_source() -> None:
    first = [signal(f"o{number}", ago_s=500.0 - number) for number in range(3)]
    (before,) = judged(CLUSTER, first)
    (after,) = judged(CLUSTER, [*first[1:], signal("new"), signal("newer")], known=[before])
    assert after.source == before.source
    assert len(after.evidence) == 4
    (other,) = judged(msgspec.structs.replace(CLUSTER, id="s"), first, known=[before])
    assert other.source != before.source
    nowhere = [signal(f"n{number}", north_m=9000.0) for number in range(3)]
    (elsewhere,) = judged(CLUSTER, nowhere, known=[before])
    assert elsewhere.source == "rule:r/n0"


def slow_clusters(signals: Sequence[Signal], count: int, within_m: float, within_s: float) -> list[list[int]]:
    """By the definition: cores, reachability, and nothing clever."""
    size = len(signals)

    def is_near(a: int, b: int) -> bool:
        one, two = signals[a], signals[b]
        metres = distance_m(lat_a=one.lat, lon_a=one.lon, lat_b=two.lat, lon_b=two.lon)
        return metres <= within_m and abs(one.at - two.at) <= within_s

    near = [[other for other in range(size) if is_near(index, other)] for index in range(size)]
    cores = [index for index in range(size) if len(near[index]) >= count]
    label = {core: core for core in cores}
    for _ in cores:
        for core in cores:
            for other in near[core]:
                if other in label:
                    label[core] = label[other] = min(label[core], label[other])
    groups = []
    for root in sorted(set(label.values())):
        members = {other for core in cores if label[core] == root for other in near[core]}
        groups.append(sorted(members))
    return groups


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), max_size=25), st.integers(2, 5))
@settings(max_examples=150)
def test_clusters_are_those_of_the_definition(places: list[tuple[int, int]], count: int) -> None:
    signals = [
        signal(str(number), north_m=10.0 * north, ago_s=60.0 * ago) for number, (north, ago) in enumerate(places)
    ]
    pairs = near_pairs(signals, 25.0) if signals else []
    assert clusters(signals, count=count, within_s=90.0, pairs=pairs) == slow_clusters(signals, count, 25.0, 90.0)


# --- the other kinds -------------------------------------------------------------------------------------------


def test_a_threshold_is_of_one_jurisdiction() -> None:
    rule = ThresholdRule(**fields(level=Level.VILLAGE, count=3, within_min=10.0))
    here = [signal(f"h{number}", home=f"c/t/v1/g{number}") for number in range(3)]
    there = [signal(f"t{number}", home="c/t/v2") for number in range(2)]
    (warning,) = judged(rule, [*here, *there, signal("old", ago_s=601.0, home="c/t/v2")])
    assert {evidence.id for evidence in warning.evidence} == {"h0", "h1", "h2"}
    assert warning.jurisdiction_id == "c/t/v1"


def test_a_trend_is_against_what_is_usual() -> None:
    rule = TrendRule(**fields(level=Level.VILLAGE, least=4, times=3.0, window_min=10.0, windows_before=3))
    new = [signal(f"n{number}") for number in range(6)]
    usual = [signal(f"u{number}", ago_s=700.0 + 600 * (number % 3)) for number in range(6)]
    (warning,) = judged(rule, [*new, *usual])
    assert "3 倍" in warning.sentences["zh_CN"]
    assert judged(rule, [*new[:4], *usual]) == []
    assert judged(rule, new[:3]) == []
    assert len(judged(rule, new)) == 1, "nothing before is not infinitely much"


def test_near_a_risk_source() -> None:
    rule = NearRiskRule(**fields(categories=("加油站",), within_m=100.0))
    risks = [
        Risk(name="东城加油站", category="加油站", lat=23.0, lon=113.7),
        Risk(name="小学", category="学校", lat=23.0, lon=113.7),
    ]
    (warning,) = judged(rule, [signal("o", north_m=60.0), signal("far", north_m=300.0)], risks)
    assert "60 米" in warning.sentences["zh_CN"]
    assert "东城加油站" in warning.sentences["zh_CN"]
    assert judged(rule, [signal("o")]) == []


def test_nobody_above_them_all() -> None:
    rule = msgspec.structs.replace(CLUSTER, count=2)
    (warning,) = judged(rule, [signal("a", home="x/y"), signal("b", home="z")])
    assert warning.jurisdiction_id is None


# --- what the rules look at, and where they come from -----------------------------------------------------------


def test_signals_are_orders_and_alarms_with_a_place_and_no_warnings() -> None:
    picture, place = Picture(), Place(lat=23.0, lon=113.7)
    alarm = Alarm(
        kind=AlarmKind.FENCE_SILENT, source="a", priority=AlarmPriority.LOW, jurisdiction_id=VILLAGE, place=place
    )
    u1 = UnitId("u1")
    for event in (
        UnitDefined(unit=Unit(id=u1, no=1, name="王", jurisdiction_id=VILLAGE)),
        OrderIssued(order=Order(id=OrderId("o1"), title="t", place=place, issued_at=5.0, unit_ids=(u1,))),
        OrderIssued(order=Order(id=OrderId("o2"), title="t", unit_ids=(u1,))),
        OrderIssued(order=Order(id=OrderId("o3"), title="t", place=place)),
        AlarmRaised(alarm=alarm),
        AlarmRaised(alarm=msgspec.structs.replace(alarm, source="b", place=None)),
        AlarmRaised(alarm=msgspec.structs.replace(alarm, kind=AlarmKind.WARNING)),
    ):
        picture.apply(Recorded(seq=picture.seq + 1, at=9.0, actor=GATEWAY, event=event))
    assert [(each.about, each.id, each.at) for each in signals_of(sight_of(picture))] == [
        ("order", "o1", 5.0),
        ("fence_silent", "fence_silent/a", 9.0),
    ]


def test_incidents_are_signals_of_their_kind_until_they_turn_out_to_be_nothing() -> None:
    picture, place = Picture(), Place(lat=23.0, lon=113.7)
    for number, outcome in enumerate((None, IncidentOutcome.HANDLED, IncidentOutcome.FALSE_REPORT)):
        key = IncidentId(f"i{number}")
        incident = Incident(
            id=key, kind="火情", place=place, jurisdiction_id=VILLAGE, occurred_at=float(number) or None
        )
        events: list[Event] = [IncidentReported(incident=incident)]
        events += [IncidentClosed(incident_id=key, outcome=outcome)] if outcome is not None else []
        for event in events:
            picture.apply(Recorded(seq=picture.seq + 1, at=9.0, actor=GATEWAY, event=event))
    found = signals_of(sight_of(picture))
    assert [(each.noun, each.id, each.kind, each.at, each.is_over) for each in found] == [
        ("incident", "i0", "火情", 9.0, False),
        ("incident", "i1", "火情", 1.0, True),
    ]
    # The fields come as a dictionary of objects.
    near = NearRiskRule(**fields(about=("火情",), categories=("加油站",), within_m=50.0))
    told = judged(near, found, [Risk(name="东站", category="加油站", lat=23.0, lon=113.7)])
    assert [warning.evidence[0].id for warning in told] == ["i0"], "what is over is no danger any more"


def test_incidents_of_two_kinds_are_no_cluster_and_of_one_kind_are_named() -> None:
    rule = msgspec.structs.replace(CLUSTER, about=("incident",), sentences={"zh_CN": "{kind} {count} 起"})
    mixed = [signal(key, about="incident") for key in "abcd"]
    kinds = ("占道", "火情", "占道", "占道")
    signals = [msgspec.structs.replace(each, kind=kind) for each, kind in zip(mixed, kinds, strict=True)]
    assert judged(rule, signals[:3]) == []
    (warning,) = judged(rule, signals)
    assert (warning.sentences["zh_CN"], len(warning.evidence)) == ("占道 3 起", 3)


WEATHER = {
    **fields(about=("rainstorm", "gale"), sentences={"zh_CN": "{kind}{level}预警，{count} 处，含{place}"}),
    "kind": "weather",
    "levels": ("red", "orange"),
    "categories": ("易涝点", "学校"),
    "words": {"zh_CN": {"rainstorm": "暴雨", "gale": "大风", "red": "红色", "orange": "橙色"}},
}


def test_a_weather_alert_over_risk_sources_is_a_warning_with_both_as_evidence() -> None:
    (rule,) = read_rules(msgspec.json.encode([WEATHER]))
    risks = [
        Risk(id=key, name=f"{category}{key}", category=category, lat=lat, lon=113.705)
        for key, category, lat in (
            ("r1", "学校", 23.005),
            ("r2", "易涝点", 23.006),
            ("r3", "易涝点", 23.02),
            ("r4", "其他", 23.005),
        )
    ]
    found = beneath(ALERT, risks)
    assert [risk.id for risk in found[1]] == ["r1", "r2", "r4"]

    def told(rule: WarningRule, alert: WeatherAlert = ALERT) -> list[Alarm]:
        weather = [(alert, found[1])]
        return judge([rule], [], [], now=NOW, neighbours=near_pairs, known={}, weather=weather)

    (warning,) = told(rule)
    assert warning.sentences == {"zh_CN": "暴雨橙色预警，2 处，含易涝点r2"}
    assert [(each.noun, each.id) for each in warning.evidence] == [("weather", "w1"), ("risk", "r2"), ("risk", "r1")]
    assert (warning.kind, warning.source, warning.value) == (AlarmKind.WARNING, "rule:r/w1", 2.0)
    assert told(off(rule)) == []
    assert told(rule, msgspec.structs.replace(ALERT, level=WeatherLevel.BLUE)) == []
    with pytest.raises(ValueError, match="no word in zh_CN for orange"):
        read_rules(msgspec.json.encode([{**WEATHER, "words": {"zh_CN": {"rainstorm": "x", "gale": "x", "red": "x"}}}]))


def test_the_rules_that_come_with_the_product_are_whole() -> None:
    rules = load_rules(None)
    assert {type(rule) for rule in rules} == {ClusterRule, ThresholdRule, TrendRule, NearRiskRule, WeatherRule}
    assert all(set(rule.sentences) == {"zh_CN", "en"} for rule in rules)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"count": 1}, "count"),
        ({"within_m": -1.0}, "within_m"),
        ({"sentences": {"en": "{nothing}"}}, "nothing"),
        ({"unknown": 1}, "unknown"),
    ],
)
def test_a_rule_that_is_wrong_is_refused_with_a_reason(change: dict[str, Any], words: str) -> None:
    plain = {"kind": "cluster", **fields(count=3, within_m=100.0, within_min=10.0), **change}
    with pytest.raises(ValueError, match=words):
        read_rules(msgspec.json.encode([plain]))


def test_two_rules_have_two_ids() -> None:
    plain = {"kind": "cluster", **fields(count=3, within_m=100.0, within_min=10.0)}
    with pytest.raises(ValueError, match="same id"):
        read_rules(msgspec.json.encode([plain, plain]))


def test_neighbours_in_place_alone_are_no_cluster() -> None:
    signals = [
        signal("a", north_m=0.0, ago_s=0.0),
        signal("b", north_m=5.0, ago_s=50.0),
        signal("c", north_m=5.0, ago_s=900.0),
    ]
    assert clusters(signals, count=2, within_s=90.0, pairs=[(0, 1), (0, 2), (1, 2)]) == [[0, 1]]
