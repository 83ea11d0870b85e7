"""Everything wrong with a scenario at once, each with where it is and what to do. Pure; what only the town knows
(streets, grids, items, talkgroups) is looked at beside it, see `comms.drill.scenario_town`."""

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from comms.domain.expectation import CallAnswered, RightUnit, expected_actors
from comms.domain.inject import (
    AfterInject,
    AtTime,
    Call,
    Cue,
    Inject,
    InjectId,
    IssueWeather,
    RaiseAlarm,
    RoadClosed,
    Say,
    SendWorkOrder,
    Spot,
    WhenMet,
    WhenMissed,
    WhenSettled,
    Words,
    actors_of,
    spot_of,
    words_of,
)
from comms.domain.scenario import FORMAT, RoleKind, Scenario

LOCALES = ("zh_CN", "en")
"""A scenario that is shipped says everything in both."""


class ScenarioFaultCode(StrEnum):
    OTHER_FORMAT = "other_format"
    BAD_START = "bad_start"
    DOUBLED = "doubled"
    UNKNOWN = "unknown"
    NO_TRAINEE = "no_trainee"
    CYCLE = "cycle"
    UNREACHABLE = "unreachable"
    TOO_LATE = "too_late"
    BAD_SPOT = "bad_spot"
    NO_PLACE = "no_place"
    NO_ACTOR = "no_actor"
    CITIZEN = "citizen"
    NOBODY_RIGHT = "nobody_right"
    NO_CALL = "no_call"
    NO_WORDS = "no_words"
    UNUSED_OBJECTIVE = "unused_objective"
    # what only the town knows
    UNKNOWN_BEHAVIOUR = "unknown_behaviour"
    OUTSIDE = "outside"
    NOT_IN_TOWN = "not_in_town"


SENTENCES: dict[str, dict[ScenarioFaultCode, str]] = {
    "en": {
        ScenarioFaultCode.OTHER_FORMAT: "is written in format {value}; this product reads {known}.",
        ScenarioFaultCode.BAD_START: "begins at {value!r}, which is no date and time; write 2026-06-18 14:30.",
        ScenarioFaultCode.DOUBLED: "has the id {value} twice; give one of them another.",
        ScenarioFaultCode.UNKNOWN: "names {value}, which is not there; known are: {known}.",
        ScenarioFaultCode.NO_TRAINEE: "has no seat for a trainee; add a role of kind trainee.",
        ScenarioFaultCode.CYCLE: "waits for itself ({value}); give one of them a time.",
        ScenarioFaultCode.UNREACHABLE: "can never be fired, because {value} never is; give it a time of its own.",
        ScenarioFaultCode.TOO_LATE: "comes at {value} s at the soonest, after the end at {known} s; bring it forward or make the drill longer.",  # noqa: E501 - one sentence
        ScenarioFaultCode.BAD_SPOT: "does not say where in exactly one way; give lat and lon, or grid, or street, or named.",  # noqa: E501 - one sentence
        ScenarioFaultCode.NO_PLACE: "has a kind and no place; give it one, or leave the kind out.",
        ScenarioFaultCode.NO_ACTOR: "has no unit and no place to take one from; give it unit or near.",
        ScenarioFaultCode.CITIZEN: "needs a terminal, and {value} is a citizen; take a unit.",
        ScenarioFaultCode.NOBODY_RIGHT: "says nobody that would be right; give skills or actors.",
        ScenarioFaultCode.NO_CALL: "waits for a call to be answered, and {value} makes none; count from a caller.",
        ScenarioFaultCode.NO_WORDS: "says nothing in {value}; write it.",
        ScenarioFaultCode.UNUSED_OBJECTIVE: "has no expectation; add one, or leave the objective out.",
        ScenarioFaultCode.UNKNOWN_BEHAVIOUR: "acts in a way nobody knows ({value}); known are: {known}.",
        ScenarioFaultCode.OUTSIDE: "lies outside the town ({value}); move it.",
        ScenarioFaultCode.NOT_IN_TOWN: "names {value}, which the town does not have.",
    },
    "zh_CN": {
        ScenarioFaultCode.OTHER_FORMAT: "格式为 {value}，本产品只能读取格式 {known}。",
        ScenarioFaultCode.BAD_START: "开始时间“{value}”不是日期和时间，请写成 2026-06-18 14:30。",
        ScenarioFaultCode.DOUBLED: "编号 {value} 出现两次，请改其中一个。",
        ScenarioFaultCode.UNKNOWN: "引用了不存在的 {value}，已有：{known}。",
        ScenarioFaultCode.NO_TRAINEE: "没有受训席位，请增加一个 trainee 角色。",
        ScenarioFaultCode.CYCLE: "互相等待（{value}），请给其中一条定时间。",
        ScenarioFaultCode.UNREACHABLE: "永远不会触发，因为 {value} 不会触发，请给它定时间。",
        ScenarioFaultCode.TOO_LATE: "最早在第 {value} 秒触发，演练在第 {known} 秒已结束，请提前或延长演练。",
        ScenarioFaultCode.BAD_SPOT: "地点须且只能用一种写法：lat 和 lon，或 grid，或 street，或 named。",
        ScenarioFaultCode.NO_PLACE: "有事件类别却没有地点，请补上地点或去掉类别。",
        ScenarioFaultCode.NO_ACTOR: "没有指定力量编号，也没有就近选取的地点，请写 unit 或 near。",
        ScenarioFaultCode.CITIZEN: "需要终端，而 {value} 是市民，请改用一支力量。",
        ScenarioFaultCode.NOBODY_RIGHT: "没有写明谁才合适，请写 skills 或 actors。",
        ScenarioFaultCode.NO_CALL: "要求接听来电，而 {value} 不打电话，请从一条来电情景起算。",
        ScenarioFaultCode.NO_WORDS: "缺少 {value} 文字，请补写。",
        ScenarioFaultCode.UNUSED_OBJECTIVE: "没有对应的预期行动，请增加一项或去掉该目标。",
        ScenarioFaultCode.UNKNOWN_BEHAVIOUR: "行为“{value}”不存在，已有：{known}。",
        ScenarioFaultCode.OUTSIDE: "在镇域之外（{value}），请移动。",
        ScenarioFaultCode.NOT_IN_TOWN: "引用了镇里没有的 {value}。",
    },
}  # fmt: skip


class ScenarioFault(msgspec.Struct, frozen=True, omit_defaults=True):
    """`where` is the path in the file: `injects.first_call.when`."""

    code: ScenarioFaultCode
    where: str
    value: str = ""
    known: str = ""

    def words(self, locale: str) -> str:
        """One sentence that says what to do."""
        gap = "：" if locale == "zh_CN" else " "
        return f"{self.where}{gap}{self.told(locale)}"

    def told(self, locale: str) -> str:
        """The same without where it is."""
        return SENTENCES.get(locale, SENTENCES["en"])[self.code].format(value=self.value, known=self.known)


_Code = ScenarioFaultCode
_FIELDS = ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16))
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def faults_of(scenario: Scenario, *, locales: Iterable[str] = ()) -> tuple[ScenarioFault, ...]:
    """All of them, in the order of the file. `locales` are languages in which everything has to be said."""
    return (
        *_head(scenario),
        *_doubled(scenario),
        *_cast(scenario),
        *_injects(scenario),
        *_expectations(scenario),
        *_order(scenario),
        *_words(scenario, tuple(locales)),
    )


def _head(scenario: Scenario) -> Iterator[ScenarioFault]:
    if scenario.format != FORMAT:
        yield ScenarioFault(_Code.OTHER_FORMAT, "scenario", str(scenario.format), str(FORMAT))
    if not is_minute(scenario.starts_at):
        yield ScenarioFault(_Code.BAD_START, "starts_at", scenario.starts_at)
    if not any(role.kind is RoleKind.TRAINEE for role in scenario.roles):
        yield ScenarioFault(_Code.NO_TRAINEE, "roles")
    measured = {expectation.objective for expectation in scenario.expectations}
    for objective in scenario.objectives:
        if objective.id not in measured:
            yield ScenarioFault(_Code.UNUSED_OBJECTIVE, f"objectives.{objective.id}")
    for line in scenario.checklist:
        if line.role is not None:
            yield from _unknown(f"checklist.{line.id}.role", line.role, (role.id for role in scenario.roles))


def is_minute(text: str) -> bool:
    """Whether digits in the shape of `2026-06-18 14:30` are a minute of the calendar."""
    year, month, day, hour, minute = (int(text[start:end]) for start, end in _FIELDS)
    if not (year >= 1 and 1 <= month <= 12 and hour <= 23 and minute <= 59):
        return False
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= _MONTH_DAYS[month - 1] + (month == 2 and is_leap)


def _doubled(scenario: Scenario) -> Iterator[ScenarioFault]:
    """Injects and expectations are named in the same breath, so no inject is called as an expectation is."""
    groups: dict[str, list[str]] = {
        "objectives": [each.id for each in scenario.objectives],
        "cast": [each.id for each in scenario.cast],
        "roles": [each.id for each in scenario.roles],
        "injects": [each.id for each in scenario.injects] + [each.id for each in scenario.expectations],
        "checklist": [each.id for each in scenario.checklist],
    }
    for where, names in groups.items():
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield ScenarioFault(_Code.DOUBLED, where, name)


def _cast(scenario: Scenario) -> Iterator[ScenarioFault]:
    for actor in scenario.cast:
        where = f"cast.{actor.id}"
        if not actor.is_citizen and actor.unit is None and actor.near is None:
            yield ScenarioFault(_Code.NO_ACTOR, where)
        if actor.near is not None:
            yield from _bad_spot(f"{where}.near", actor.near)


def _injects(scenario: Scenario) -> Iterator[ScenarioFault]:
    expectations = [each.id for each in scenario.expectations]
    citizens = {actor.id for actor in scenario.cast if actor.is_citizen}
    for inject in scenario.injects:
        where = f"injects.{inject.id}"
        match inject.when:
            case AfterInject():
                yield from _unknown(f"{where}.when", inject.when.inject, (each.id for each in scenario.injects))
            case WhenMet() | WhenMissed() | WhenSettled():
                yield from _unknown(f"{where}.when", inject.when.expectation, expectations)
            case _:
                pass
        for actor_id in actors_of(inject.what):
            yield from _unknown(f"{where}.what", actor_id, (actor.id for actor in scenario.cast))
            if actor_id in citizens and not isinstance(inject.what, Call):
                yield ScenarioFault(_Code.CITIZEN, f"{where}.what", actor_id)
        spot = spot_of(inject.what)
        if spot is not None:
            yield from _bad_spot(f"{where}.what.place", spot)
        if isinstance(inject.what, Call) and inject.what.kind is not None and spot is None:
            yield ScenarioFault(_Code.NO_PLACE, f"{where}.what")


def _expectations(scenario: Scenario) -> Iterator[ScenarioFault]:
    for expectation in scenario.expectations:
        where = f"expectations.{expectation.id}"
        yield from _unknown(f"{where}.since", expectation.since, (inject.id for inject in scenario.injects))
        yield from _unknown(f"{where}.objective", expectation.objective, (each.id for each in scenario.objectives))
        if expectation.role is not None:
            yield from _unknown(f"{where}.role", expectation.role, (role.id for role in scenario.roles))
        for actor_id in expected_actors(expectation.what):
            yield from _unknown(f"{where}.what", actor_id, (actor.id for actor in scenario.cast))
        match expectation.what:
            case RightUnit(skills=(), actors=()):
                yield ScenarioFault(_Code.NOBODY_RIGHT, f"{where}.what")
            case CallAnswered():
                inject = scenario.inject(expectation.since)
                if inject is not None and not isinstance(inject.what, Call):
                    yield ScenarioFault(_Code.NO_CALL, f"{where}.what", expectation.since)
            case _:
                pass


def _unknown(where: str, name: str, known: Iterable[str]) -> Iterator[ScenarioFault]:
    names = sorted(known)
    if name not in names:
        yield ScenarioFault(_Code.UNKNOWN, where, name, ", ".join(names) or "-")


def _bad_spot(where: str, spot: Spot) -> Iterator[ScenarioFault]:
    if not spot.is_single:
        yield ScenarioFault(_Code.BAD_SPOT, where)


# --- in which order -----------------------------------------------------------------------------------------


def soonest_s(scenario: Scenario) -> dict[InjectId, float]:
    """The first second of the drill each inject can come at; those that never can are left out."""
    found: dict[InjectId, float] = {}
    is_growing = True
    while is_growing:
        is_growing = False
        for inject in scenario.injects:
            second = _soonest(scenario, inject, found)
            if inject.id not in found and second is not None:
                found[inject.id], is_growing = second, True
    return found


def _soonest(scenario: Scenario, inject: Inject, found: dict[InjectId, float]) -> float | None:
    when = inject.when
    if isinstance(when, AtTime):
        return when.s
    before = found.get(waits_for(scenario, inject) or "")
    if before is None:
        return None
    missed = scenario.expectation(when.expectation) if isinstance(when, WhenMissed) else None
    return before + when.s + (missed.within_s if missed is not None else 0.0)


def waits_for(scenario: Scenario, inject: Inject) -> InjectId | None:
    """The inject that has to be fired first, also where an expectation lies between."""
    match inject.when:
        case AtTime():
            return None
        case AfterInject(inject=before):
            return before
        case _:
            expectation = scenario.expectation(inject.when.expectation)
            return None if expectation is None else expectation.since


def _order(scenario: Scenario) -> Iterator[ScenarioFault]:
    found = soonest_s(scenario)
    for inject in scenario.injects:
        where = f"injects.{inject.id}.when"
        if inject.id in found:
            if found[inject.id] > scenario.length_s:
                yield ScenarioFault(_Code.TOO_LATE, where, f"{found[inject.id]:g}", f"{scenario.length_s:g}")
            continue
        way = _way_back(scenario, inject)
        if inject.id in way:
            yield ScenarioFault(_Code.CYCLE, where, " → ".join((inject.id, *way)))
        elif way:  # what it waits for is unknown where there is no way back, and that was said already
            yield ScenarioFault(_Code.UNREACHABLE, where, way[0])


def _way_back(scenario: Scenario, inject: Inject) -> list[InjectId]:
    """What an inject waits for, and so on, as far as something is there once."""
    way: list[InjectId] = []
    step = inject
    while True:
        before = scenario.inject(waits_for(scenario, step) or "")
        if before is None or before.id in way:
            return way
        way.append(before.id)
        step = before


# --- in which languages -------------------------------------------------------------------------------------


def _words(scenario: Scenario, locales: tuple[str, ...]) -> Iterator[ScenarioFault]:
    for where, words, is_needed in _texts(scenario):
        said = words if isinstance(words, dict) else dict.fromkeys(locales or ("",), words)
        if not is_needed and not any(text.strip() for text in said.values()):
            continue
        for locale in locales or tuple(said) or LOCALES:
            if not said.get(locale, "").strip():
                yield ScenarioFault(_Code.NO_WORDS, where, locale or "any language")


def _texts(scenario: Scenario) -> Iterator[tuple[str, Words, bool]]:
    """Where, what, and whether something has to be said there."""
    yield "title", scenario.title, True
    yield "summary", scenario.summary, True
    for number, doctrine in enumerate(scenario.doctrine, start=1):
        yield f"doctrine.{number}.source", doctrine.source, True
        yield f"doctrine.{number}.says", doctrine.says, False
    for objective in scenario.objectives:
        yield f"objectives.{objective.id}", objective.words, True
    for actor in scenario.cast:
        yield f"cast.{actor.id}.name", actor.name, True
        yield f"cast.{actor.id}.role", actor.role, False
    for role in scenario.roles:
        yield f"roles.{role.id}.name", role.name, True
        yield f"roles.{role.id}.task", role.task, False
    for inject in scenario.injects:
        yield from _inject_texts(inject)
    for expectation in scenario.expectations:
        yield f"expectations.{expectation.id}.words", expectation.words, True
    for line in scenario.checklist:
        yield f"checklist.{line.id}", line.text, True


_TELLING = (SendWorkOrder, Call, IssueWeather, Say, RoadClosed, Cue)


def _inject_texts(inject: Inject) -> Iterator[tuple[str, Words, bool]]:
    where = f"injects.{inject.id}"
    yield f"{where}.title", inject.title, True
    yield f"{where}.note", inject.note, False
    is_warning = isinstance(inject.what, RaiseAlarm) and inject.what.kind == "warning"
    yield f"{where}.what.text", words_of(inject.what), is_warning or isinstance(inject.what, _TELLING)
    spot = spot_of(inject.what)
    if spot is not None:
        yield f"{where}.what.place.text", spot.text, False
