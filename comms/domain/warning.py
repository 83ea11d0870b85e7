"""Early warning: rules as data over what the picture knows. Each warning is explained by its evidence. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Annotated, TypeVar, assert_never

import msgspec
from msgspec import Meta

from comms.domain.alarm import HOLDING_PHASES, Alarm, AlarmKind, AlarmPriority, AlarmState, Evidence
from comms.domain.ids import AlarmId, JurisdictionId
from comms.domain.jurisdiction import Level
from comms.domain.order import Place
from comms.domain.position import distance_m
from comms.domain.signal import Signal
from comms.domain.weather import WeatherAlert, WeatherKind, WeatherLevel

Count = Annotated[int, Meta(ge=2, le=10_000)]
Metres = Annotated[float, Meta(gt=0, le=50_000)]
Minutes = Annotated[float, Meta(gt=0, le=525_600)]
_T = TypeVar("_T")
MOST_EVIDENCE = 20
"""Places that a weather warning points at; it says how many there are."""


class _Rule(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """`about` are kinds of signals, or kinds of incidents in the words of the site. `sentences` by locale may name the
    values of the rule in braces."""

    id: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    about: Annotated[tuple[str, ...], Meta(min_length=1)]
    priority: AlarmPriority
    sentences: dict[str, str]
    is_on: bool = True


class ClusterRule(_Rule, frozen=True, kw_only=True, tag="cluster"):
    """So many of one kind near each other in place and time; a small radius and a long time is the same place again."""

    count: Count
    within_m: Metres
    within_min: Minutes


class ThresholdRule(_Rule, frozen=True, kw_only=True, tag="threshold"):
    """So many in one jurisdiction of this level."""

    level: Level
    count: Count
    within_min: Minutes


class TrendRule(_Rule, frozen=True, kw_only=True, tag="trend"):
    """`times` as many in the last window as in those before it on the average, and at least so many."""

    level: Level
    least: Count
    times: Annotated[float, Meta(gt=1)]
    window_min: Minutes
    windows_before: Annotated[int, Meta(ge=2, le=60)]


class NearRiskRule(_Rule, frozen=True, kw_only=True, tag="near_risk"):
    """One of these near a place of one of the categories, which are words of the area."""

    categories: Annotated[tuple[str, ...], Meta(min_length=1)]
    within_m: Metres


class WeatherRule(_Rule, frozen=True, kw_only=True, tag="weather"):
    """A weather alert of one of these kinds (`about`) and levels over places of the categories, the first of which is
    named first. `words` by locale name
    every kind and level for the sentence."""

    about: Annotated[tuple[WeatherKind, ...], Meta(min_length=1)]
    levels: Annotated[tuple[WeatherLevel, ...], Meta(min_length=1)]
    categories: Annotated[tuple[str, ...], Meta(min_length=1)]
    words: dict[str, dict[str, str]]


SignalRule = ClusterRule | ThresholdRule | TrendRule | NearRiskRule
WarningRule = SignalRule | WeatherRule


class Risk(msgspec.Struct, frozen=True, kw_only=True):
    """A risk source or key place."""

    name: str
    category: str
    lat: float
    lon: float
    id: str = ""


Beneath = tuple[WeatherAlert, Sequence[Risk]]
"""An alert in force, and what lies in its area."""
Neighbours = Callable[[Sequence[Signal], float], Iterable[tuple[int, int]]]
"""Pairs of signals not farther apart than so many metres."""


def read_rules(data: bytes) -> tuple[WarningRule, ...]:
    """Raises msgspec.ValidationError or DecodeError, saying where; ValueError when a sentence or an id is wrong."""
    rules = msgspec.json.decode(data, type=tuple[WarningRule, ...])
    for rule in rules:
        for words in rule.sentences.values():
            try:
                words.format_map(_ALL_VALUES)
            except (KeyError, IndexError, ValueError) as error:
                raise ValueError(f"rule {rule.id}: the sentence {words!r} names what no rule has: {error}") from None
        if isinstance(rule, WeatherRule):
            _check_words(rule)
    if len({rule.id for rule in rules}) < len(rules):
        raise ValueError("two rules have the same id")
    return rules


def _check_words(rule: WeatherRule) -> None:
    for locale in rule.sentences:
        missing = {*rule.about, *rule.levels} - rule.words.get(locale, {}).keys()
        if missing:
            raise ValueError(f"rule {rule.id}: no word in {locale} for {', '.join(sorted(missing))}")


_ALL_VALUES: dict[str, str | int] = {
    "count": 0,
    "metres": 0,
    "minutes": 0,
    "limit": 0,
    "times": 0,
    "place": "",
    "kind": "",
    "level": "",
}


# --- judging ----------------------------------------------------------------------------------------------


def judge(
    rules: Iterable[WarningRule],
    signals: Sequence[Signal],
    risks: Sequence[Risk],
    *,
    now: float,
    neighbours: Neighbours,
    known: Mapping[AlarmId, AlarmState],
    weather: Sequence[Beneath] = (),
) -> list[Alarm]:
    """All warnings that hold now. One that goes on keeps its source, told by evidence it shares with a `known` one."""
    warnings: list[Alarm] = []
    sources = _Sources(known)
    for rule in rules:
        if isinstance(rule, WeatherRule):
            warnings += _over_risks(rule, weather)
            continue
        about = [each for each in signals if {each.about, each.kind} & set(rule.about)] if rule.is_on else []
        warnings += [sources.keep(warning) for warning in _judge(rule, about, risks, now, neighbours)]
    return warnings


def _judge(
    rule: SignalRule, signals: list[Signal], risks: Sequence[Risk], now: float, neighbours: Neighbours
) -> list[Alarm]:
    match rule:
        case ClusterRule():
            recent = [signal for signal in signals if signal.at >= now - rule.within_min * 60]
            found = [
                group
                for kind in _by(recent, lambda signal: f"{signal.about}/{signal.kind}")
                for group in _clusters(kind, rule, neighbours)
            ]
            return [_about_cluster(rule, group) for group in found]
        case ThresholdRule():
            recent = [signal for signal in signals if signal.at >= now - rule.within_min * 60]
            groups = [group for group in _by(recent, _node(rule.level)) if len(group) >= rule.count]
            return [_warning(rule, group, limit=rule.count, minutes=round(rule.within_min)) for group in groups]
        case TrendRule():
            return _rising(rule, signals, now)
        case NearRiskRule():
            return _near(rule, signals, risks)
        case _:
            assert_never(rule)


def clusters(
    signals: Sequence[Signal], *, count: int, within_s: float, pairs: Iterable[tuple[int, int]]
) -> list[list[int]]:
    """ST-DBSCAN: a signal with at least `count` neighbours in place and time (itself counted) is the core of a
    cluster; cores that are neighbours are one cluster, and their neighbours belong to it. Sorted indices."""
    near: dict[int, set[int]] = {index: {index} for index in range(len(signals))}
    for first, second in pairs:
        if abs(signals[first].at - signals[second].at) <= within_s:
            near[first].add(second)
            near[second].add(first)
    cores = {index for index, others in near.items() if len(others) >= count}
    found: list[list[int]] = []
    left = set(cores)
    while left:
        members, edge = set[int](), [min(left)]
        while edge:
            core = edge.pop()
            if core in left:
                left.discard(core)
                members |= near[core]
                edge += sorted(near[core] & left)
        found.append(sorted(members))
    return found


def _clusters(signals: list[Signal], rule: ClusterRule, neighbours: Neighbours) -> list[list[Signal]]:
    if len(signals) < rule.count:
        return []
    pairs = neighbours(signals, rule.within_m)
    groups = clusters(signals, count=rule.count, within_s=rule.within_min * 60, pairs=pairs)
    return [[signals[index] for index in group] for group in groups]


def _about_cluster(rule: ClusterRule, group: list[Signal]) -> Alarm:
    return _warning(rule, group, limit=rule.count, minutes=round(rule.within_min), metres=round(rule.within_m))


def _rising(rule: TrendRule, signals: list[Signal], now: float) -> list[Alarm]:
    window_s, warnings = rule.window_min * 60, []
    for group in _by(signals, _node(rule.level)):
        new = [signal for signal in group if signal.at >= now - window_s]
        before = [
            signal for signal in group if now - window_s * (rule.windows_before + 1) <= signal.at < now - window_s
        ]
        usual = max(len(before) / rule.windows_before, 1 / rule.windows_before)
        times = len(new) / usual
        if len(new) >= rule.least and times >= rule.times:
            warnings.append(_warning(rule, new, limit=rule.least, minutes=round(rule.window_min), times=round(times)))
    return warnings


def _near(rule: NearRiskRule, signals: list[Signal], risks: Sequence[Risk]) -> list[Alarm]:
    warnings = []
    for signal in (each for each in signals if not each.is_over):
        away = [
            (distance_m(lat_a=signal.lat, lon_a=signal.lon, lat_b=risk.lat, lon_b=risk.lon), risk.name)
            for risk in risks
            if risk.category in rule.categories
        ]
        metres, name = min(away, default=(rule.within_m + 1, ""))
        if metres <= rule.within_m:
            warnings.append(_warning(rule, [signal], limit=round(rule.within_m), metres=round(metres), place=name))
    return warnings


def _over_risks(rule: WeatherRule, weather: Sequence[Beneath]) -> list[Alarm]:
    """One for each alert; its source is the alert's, so it goes on for as long as the alert does."""
    warnings = []
    for alert, beneath in weather:
        is_meant = rule.is_on and alert.kind in rule.about and alert.level in rule.levels
        risks = [risk for risk in beneath if risk.category in rule.categories] if is_meant else []
        risks.sort(key=lambda risk: rule.categories.index(risk.category))
        if risks:
            warnings.append(_about_weather(rule, alert, risks))
    return warnings


# --- telling ----------------------------------------------------------------------------------------------


def _warning(rule: WarningRule, group: list[Signal], *, limit: int, **values: str | int) -> Alarm:
    group = sorted(group, key=lambda signal: (signal.at, signal.id))
    kinds = list(dict.fromkeys(signal.kind for signal in group if signal.kind))
    told = {**_ALL_VALUES, "count": len(group), "limit": limit, "kind": "/".join(kinds), **values}
    lat, lon = (sum(place) / len(group) for place in zip(*((each.lat, each.lon) for each in group), strict=True))
    return Alarm(
        kind=AlarmKind.WARNING,
        source=f"rule:{rule.id}/{group[0].id}",
        priority=rule.priority,
        jurisdiction_id=_common(group),
        place=Place(lat=lat, lon=lon),
        rule_id=rule.id,
        value=float(len(group)),
        limit=float(limit),
        sentences={locale: words.format_map(told) for locale, words in rule.sentences.items()},
        evidence=tuple(Evidence(noun=each.noun, id=each.id, lat=each.lat, lon=each.lon, at=each.at) for each in group),
    )


def _about_weather(rule: WeatherRule, alert: WeatherAlert, risks: list[Risk]) -> Alarm:
    sentences = {}
    for locale, sentence in rule.sentences.items():
        words = rule.words[locale]
        told = {"count": len(risks), "place": risks[0].name, "kind": words[alert.kind], "level": words[alert.level]}
        sentences[locale] = sentence.format_map(_ALL_VALUES | told)
    corners = [corner for ring in alert.rings for corner in ring]
    lat, lon = (sum(values) / len(corners) for values in zip(*corners, strict=True))
    shown = risks[:MOST_EVIDENCE]
    return Alarm(
        kind=AlarmKind.WARNING,
        source=f"rule:{rule.id}/{alert.id}",
        priority=rule.priority,
        jurisdiction_id=alert.jurisdiction_id,
        place=Place(lat=risks[0].lat, lon=risks[0].lon),
        rule_id=rule.id,
        value=float(len(risks)),
        sentences=sentences,
        evidence=(
            Evidence(noun="weather", id=alert.id, lat=lat, lon=lon, at=alert.from_at),
            *(Evidence(noun="risk", id=risk.id, lat=risk.lat, lon=risk.lon) for risk in shown),
        ),
    )


class _Sources:
    """Of the known warnings that hold: which of them a new one goes on from. Each is gone on from once."""

    def __init__(self, known: Mapping[AlarmId, AlarmState]) -> None:
        self._held = [state.alarm for state in known.values() if state.phase in HOLDING_PHASES]
        self._by_evidence: dict[tuple[str, str], list[int]] = defaultdict(list)
        """By rule and evidence, the places of the warnings that rest on it, the first first."""
        for place, alarm in enumerate(self._held):
            for evidence in alarm.evidence:
                self._by_evidence[alarm.rule_id, evidence.id].append(place)
        self._taken: set[AlarmId] = set()

    def keep(self, warning: Alarm) -> Alarm:
        sharing = (self._by_evidence.get((warning.rule_id, each.id), ()) for each in warning.evidence)
        free = (place for places in sharing for place in places if self._held[place].id not in self._taken)
        first = min(free, default=None)
        if first is not None:
            warning = msgspec.structs.replace(warning, source=self._held[first].source)
        self._taken.add(warning.id)
        return warning


def _node(level: Level) -> Callable[[Signal], str]:
    depth = tuple(Level).index(level) + 1

    def node(signal: Signal) -> str:
        return "/".join(signal.jurisdiction_id.split("/")[:depth])

    return node


def _common(group: Sequence[Signal]) -> JurisdictionId | None:
    """The lowest node above all of them; None when there is none."""
    parts = [signal.jurisdiction_id.split("/") for signal in group]
    shared = []
    for names in zip(*parts, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return JurisdictionId("/".join(shared)) if shared else None


def _by(things: Iterable[_T], key: Callable[[_T], str]) -> list[list[_T]]:
    groups: dict[str, list[_T]] = defaultdict(list)
    for thing in things:
        groups[key(thing)].append(thing)
    return list(groups.values())
