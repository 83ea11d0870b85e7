"""Early warning at the gateway: every so often, and off the loop, the rules are judged over a copy of what is known."""

import asyncio
from collections.abc import Container, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import shapely

from comms.domain.alarm import HOLDING_PHASES, Alarm, AlarmKind
from comms.domain.ids import AlarmId
from comms.domain.realm import DRILL_SOURCE
from comms.domain.signal import Sight, Signal, sight_of, signals_of
from comms.domain.warning import Beneath, Risk, WarningRule, judge
from comms.domain.weather import WeatherAlert
from comms.gateway.alarms import Alarms
from comms.gateway.context import Clock, Timer
from comms.gateway.fence_outline import METRES_A_DEGREE
from comms.journal.journal import Journal
from comms.protocol.area import Area, KeyPlace, RiskSource

JUDGE_EVERY_S = 15.0
TOLD_AT_ONCE = 10


class WarningWatch:
    def __init__(self, *, clock: Clock, journal: Journal, alarms: Alarms, rules: Sequence[WarningRule]) -> None:
        self._clock = clock
        self._journal = journal
        self._alarms = alarms
        self._rules = tuple(rules)
        self._risks: tuple[Risk, ...] = ()
        self._worker = ThreadPoolExecutor(1, "early warning")
        self._timer: Timer | None = None
        self._task: asyncio.Task[None] | None = None

    def set_area(self, area: Area) -> None:
        """Its risk sources and key places, by their category."""
        places: tuple[RiskSource | KeyPlace, ...] = (*area.risks, *area.places)
        self._risks = tuple(
            Risk(id=place.id, name=place.name, category=place.category, lat=place.lat, lon=place.lon)
            for place in places
        )

    def start(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + JUDGE_EVERY_S, self._tick)

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)
        self._worker.shutdown()

    def _tick(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + JUDGE_EVERY_S, self._tick)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self.look(), name="early warning")

    async def look(self) -> None:
        """Judge now, and tell what follows."""
        picture, now = self._journal.picture, self._clock.now()
        alerts = [state.alert for state in picture.weather.states.values() if state.is_in_force(now)]
        work = partial(self._judge, sight_of(picture), alerts, now)
        warnings = await asyncio.get_running_loop().run_in_executor(self._worker, work)
        await self._tell(warnings)

    def _judge(self, sight: Sight, alerts: list[WeatherAlert], now: float) -> list[Alarm]:
        """On the worker."""
        known = {state.id: state for state in sight.alarms if state.alarm.kind is AlarmKind.WARNING}
        return judge(
            self._rules,
            signals_of(sight),
            self._risks,
            now=now,
            neighbours=near_pairs,
            known=known,
            weather=[beneath(alert, self._risks) for alert in alerts],
        )

    async def _tell(self, warnings: Iterable[Alarm]) -> None:
        """In portions: in a flood there are hundreds, and voice must not wait for them."""
        wanted = {alarm.id: alarm for alarm in warnings}
        steps = [partial(self._alarms.raise_alarm, alarm) for alarm in wanted.values()]
        steps += [partial(self._alarms.clear, alarm_id) for alarm_id in self._over(wanted)]
        for first in range(0, len(steps), TOLD_AT_ONCE):
            if self._journal.is_failing:
                return
            for step in steps[first : first + TOLD_AT_ONCE]:
                step()
            await asyncio.sleep(0)

    def _over(self, wanted: Container[AlarmId]) -> list[AlarmId]:
        return [
            alarm_id
            for alarm_id, state in self._journal.picture.alarms.states.items()
            if state.alarm.kind is AlarmKind.WARNING
            and state.phase in HOLDING_PHASES
            and alarm_id not in wanted
            and not state.alarm.source.startswith(DRILL_SOURCE)
        ]


def near_pairs(signals: Sequence[Signal], within_m: float) -> list[tuple[int, int]]:
    """Pairs not farther apart than that, on a plane about their middle: right to a part in a thousand within a city."""
    places = np.array([(signal.lat, signal.lon) for signal in signals])
    from scipy.spatial import cKDTree  # 0.3 s that no start of the gateway should wait for

    middle = places.mean(axis=0)
    scale = METRES_A_DEGREE * np.array([1.0, np.cos(np.radians(middle[0]))])
    pairs = cKDTree((places - middle) * scale).query_pairs(within_m, output_type="ndarray")
    return [(int(first), int(second)) for first, second in pairs]


def beneath(alert: WeatherAlert, risks: Sequence[Risk]) -> Beneath:
    shape = shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in alert.rings])
    shapely.prepare(shape)
    places = np.array([(risk.lat, risk.lon) for risk in risks]).reshape(-1, 2)
    is_inside = shapely.contains_xy(shape, places)
    return alert, [risk for risk, is_in in zip(risks, is_inside, strict=True) if is_in]
