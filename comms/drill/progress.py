"""How far a drill's story had come at a moment of its record: what was fired and how expectations stood, told by the
same watch and schedule that told it then, so that it goes on from there."""

from collections.abc import Iterable
from dataclasses import dataclass

from comms.domain import drill_events as dr
from comms.domain import inject as ij
from comms.domain.alarm import HOLDING_PHASES
from comms.domain.drill_events import Made
from comms.domain.events import Recorded
from comms.domain.expectation_watch import Nearest, Outcome, Standing, Watch
from comms.domain.ids import AlarmId, MarkId, UnitId
from comms.domain.inject import Inject
from comms.domain.picture import Picture
from comms.domain.scenario import Scenario
from comms.drill.schedule import Schedule

UNFINISHED_S = 5.0
"""An inject that was fired so shortly before, and made nothing of what it was to make, is fired again."""


@dataclass(frozen=True, slots=True)
class Fired:
    """`at` is the second of the drill it was last fired at."""

    inject: Inject
    at: float
    made: tuple[Made, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """`fired` in their order. `second` is that of the drill at the moment."""

    second: float
    schedule: Schedule
    watch: Watch
    fired: tuple[Fired, ...]

    def absent_s(self, offline: Iterable[UnitId]) -> dict[UnitId, float]:
        """In how many seconds those come back whom the story took off the air; who was away by himself stays so."""
        found = dict.fromkeys(offline, float("inf"))
        for each in self.fired:
            what = each.inject.what
            if isinstance(what, ij.UnitTrouble) and what.cause is not ij.UnitCause.BATTERY_LOW:
                left_s = each.at + (what.for_s or _lost_s(what)) - self.second
                units = [UnitId(made.id) for made in each.made if made.noun == "unit"]
                found |= {unit_id: left_s for unit_id in units if unit_id in found and left_s > 0}
        return found


def _lost_s(what: ij.UnitTrouble) -> float:
    return float("inf") if what.cause is ij.UnitCause.DOWN else NO_SIGNAL_S


NO_SIGNAL_S = 120.0
"""As long as the network is lost where the scenario does not say."""


def progress_of(
    scenario: Scenario, picture: Picture, records: Iterable[Recorded], *, at: float, nearest: Nearest | None
) -> Progress:
    """`picture` is that before the drill began, and is folded on; `records` are the rest up to the moment `at`."""
    schedule, watch, fired = Schedule(scenario), Watch(scenario, nearest=nearest), dict[str, Fired]()
    starts_at = at
    for recorded in records:
        picture.apply(recorded)
        if picture.drill.state is not None:
            starts_at = picture.drill.state.starts_at
        settled = watch.feed(recorded, picture)
        _story(schedule, fired, scenario, recorded, recorded.at - starts_at)
        _settle(schedule, settled, starts_at, recorded.at)
    _settle(schedule, watch.tick(at), starts_at, at)
    second = at - starts_at
    for each in fired.values():
        if second - each.at <= UNFINISHED_S and not _is_there(picture, each.made):
            schedule.again(each.inject.id, second)
    done = sorted(fired.values(), key=lambda each: each.at)
    return Progress(second=second, schedule=schedule, watch=watch, fired=tuple(done))


def _story(schedule: Schedule, fired: dict[str, Fired], scenario: Scenario, recorded: Recorded, second: float) -> None:
    match recorded.event:
        case dr.InjectFired(inject_id=inject_id, made=made):
            inject = scenario.inject(inject_id)
            if inject is not None:
                schedule.fired(inject_id, second)
                fired.pop(inject_id, None)
                fired[inject_id] = Fired(inject, second, made)
        case dr.InjectDelayed(inject_id=inject_id, by_s=by_s) if inject_id in schedule.states:
            schedule.delay(inject_id, by_s)
        case dr.InjectSkipped(inject_id=inject_id) if inject_id in schedule.states:
            schedule.skip(inject_id)
        case _:
            pass


def _settle(schedule: Schedule, settled: Iterable[Standing], starts_at: float, at: float) -> None:
    """As the director did at the time: those that are not needed any more are recorded as skipped, or will be."""
    for standing in settled:
        missed_at = standing.due_at if standing.outcome is Outcome.MISSED else None
        for inject_id in schedule.settled([standing], (at if missed_at is None else missed_at) - starts_at):
            schedule.skip(inject_id)


def _is_there(picture: Picture, made: tuple[Made, ...]) -> bool:
    """Something of it came about, or nothing can be said."""
    known = [_found(picture, each) for each in made]
    return not known or None in known or any(known)


def _found(picture: Picture, made: Made) -> bool | None:
    match made.noun:
        case "incident":
            return made.id in picture.incidents.states
        case "alarm":
            return AlarmId(made.id) in picture.alarms.states
        case "mark":
            return MarkId(made.id) in picture.marks.states
        case _:
            return None


def is_holding(picture: Picture, alarm_id: str) -> bool:
    """Nobody has acknowledged it, and its cause holds."""
    state = picture.alarms.states.get(AlarmId(alarm_id))
    return state is not None and state.phase in HOLDING_PHASES
