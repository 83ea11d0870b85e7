"""What injects do, through the same doors as reality: the hub for work orders and warnings, the alarms' keeper for
alarms, the map for what is closed or crowded. What people do is theirs (`people`)."""

from collections.abc import Callable, Iterable
from functools import partial

import msgspec

from comms.adapters.intake import Message, Received, Warned
from comms.domain import inject as ij
from comms.domain.events import AlarmAcknowledged, MarkChanged, MarkDrawn, MarkErased, Recorded
from comms.domain.ids import GATEWAY, AlarmId, MarkId
from comms.domain.incident import Origin
from comms.domain.mark import LABEL_LENGTH, Mark, MarkColour, MarkKind
from comms.domain.order import JurisdictionTarget, OrderPriority, Place
from comms.domain.position import distance_m
from comms.domain.source import Source
from comms.domain.work_order import WorkOrder
from comms.drill.foreseen import Foreseen
from comms.drill.people import People, Told
from comms.drill.progress import Progress, is_holding
from comms.drill.scenes import ring
from comms.drill.site import DrillSite
from comms.gateway.context import Timer

_CROWD_GROWS, _CROWD_STEP_S = (0.4, 0.6, 0.8, 1.0), 40.0
_WORDS = {"road": "道路封闭 Road closed", "crowd": "人群聚集 Crowd"}


def _is_within(here: Place, there: Place, metres: float) -> bool:
    return distance_m(lat_a=here.lat, lon_a=here.lon, lat_b=there.lat, lon_b=there.lon) <= metres


class Effects:
    """`carry_out` makes what `Foreseen` has named; `close` ends what was to end later."""

    def __init__(self, site: DrillSite, foreseen: Foreseen, people: People) -> None:
        self._site = site
        self._gateway = site.gateway
        self._foreseen = foreseen
        self._people = people
        self._held: set[AlarmId] = set()
        """Alarms whose cause holds until somebody acknowledges them."""
        self._closed: set[MarkId] = set()
        self._crowds: dict[MarkId, tuple[Place, float]] = {}
        """Where they stand, and how far across they become."""
        self._timers: list[Timer] = []

    def close(self) -> None:
        for timer in self._timers:
            timer.cancel()

    async def carry_out(self, inject: ij.Inject, number: int, told: Told) -> None:
        """Raises JournalError when the store does not take it."""
        what = inject.what
        match what:
            case ij.SendWorkOrder():
                origin = self._foreseen.order_origin(inject, what, number)
                await self._take(self._foreseen.sources[what.source], origin, what.kind, what)
            case ij.Call():
                if what.kind is not None:
                    origin = self._foreseen.hotline_origin(inject, number)
                    await self._take(self._foreseen.sources[""], origin, what.kind, what)
                self._people.call(what, told)
            case ij.RaiseAlarm():
                self._raise_alarm(inject, what)
            case ij.IssueWeather():
                await self._issue_weather(inject, what, number)
            case ij.RoadClosed() | ij.Crowd():
                await self._draw(inject, what, number)
            case ij.RadioFailure():
                self._silence(what, what.for_s)
            case _:
                self._people.act(what, told)

    def resume(self, progress: Progress) -> None:
        """What was to end later, or holds until somebody sees it, in a story that goes on."""
        picture = self._gateway.picture
        for fired in progress.fired:
            what, since_s = fired.inject.what, progress.second - fired.at
            made = [each.id for each in fired.made]
            match what:
                case ij.RaiseAlarm():
                    for alarm_id in (AlarmId(each) for each in made if is_holding(picture, each)):
                        self._hold(alarm_id, None if what.for_s is None else max(0.0, what.for_s - since_s))
                case ij.RoadClosed() | ij.Crowd():
                    for mark_id in (MarkId(each) for each in made if each in picture.marks.states):
                        self._resume_on_map(what, picture.marks.states[mark_id].mark, since_s)
                    self._people.resume(fired, since_s)
                case ij.RadioFailure(for_s=for_s) if for_s > since_s:
                    self._silence(what, for_s - since_s)
                case _:
                    self._people.resume(fired, since_s)

    def _resume_on_map(self, what: ij.RoadClosed | ij.Crowd, mark: Mark, since_s: float) -> None:
        place = self._foreseen.place(what.place)
        if isinstance(what, ij.RoadClosed):
            self._close_road(what, mark, place, since_s)
        else:
            self._crowds[mark.id] = (place, what.radius_m)
            self._grow_later(what, mark, place, since_s)

    def tell(self, recorded: Iterable[Recorded]) -> None:
        """An alarm whose cause was only that nobody had seen it is over once somebody has; a road is open again when
        its mark is gone."""
        for item in recorded:
            if isinstance(item.event, AlarmAcknowledged):
                for alarm_id in item.event.alarm_ids:
                    if alarm_id in self._held:
                        self._held.discard(alarm_id)
                        self._gateway.alarms.clear(alarm_id)
            elif isinstance(item.event, MarkErased) and item.event.mark_id in self._closed:
                self._closed.discard(item.event.mark_id)
                self._site.walking.net.reopen(item.event.mark_id)

    async def _take(self, source: Source, origin: Origin, kind: str, what: ij.SendWorkOrder | ij.Call) -> None:
        order = self._order(origin, kind, what.text, priority=what.priority, spot=what.place)
        await self._gateway.hub.take(source, Received(order, body=msgspec.json.encode(order)))

    def _order(
        self,
        origin: Origin,
        kind: str,
        text: ij.Words,
        *,
        priority: OrderPriority = OrderPriority.NORMAL,
        spot: ij.Spot | None = None,
    ) -> WorkOrder:
        place = self._foreseen.place(spot) if spot is not None else None
        return WorkOrder(
            origin=origin,
            kind=kind,
            text=self._foreseen.marked(self._foreseen.said(text)),
            priority=priority,
            lat=place.lat if place is not None else None,
            lon=place.lon if place is not None else None,
            address=place.text if place is not None else "",
            occurred_at=self._site.clock.now(),
        )

    def _raise_alarm(self, inject: ij.Inject, what: ij.RaiseAlarm) -> None:
        alarm = self._foreseen.alarm(inject, what)
        self._gateway.alarms.raise_alarm(alarm)
        self._hold(alarm.id, what.for_s)

    def _hold(self, alarm_id: AlarmId, for_s: float | None) -> None:
        if for_s is None:
            self._held.add(alarm_id)
        else:
            self._later(for_s, lambda: self._gateway.alarms.clear(alarm_id))

    async def _issue_weather(self, inject: ij.Inject, what: ij.IssueWeather, number: int) -> None:
        """As a warning office tells it. On its own gateway an exercise is not set aside: it is what is practised."""
        source, origin = self._foreseen.sources[""], self._foreseen.hotline_origin(inject, number)
        order = self._order(origin, what.kind.value, what.text)
        now = self._site.clock.now()
        warned = Warned(
            received=Received(order, body=msgspec.json.encode(order)),
            kind=what.kind,
            level=what.level,
            area=JurisdictionTarget(self._foreseen.jurisdiction(what.jurisdiction)),
            from_at=now,
            until_at=now + what.for_min * 60,
            text=order.text,
            issuer=self._foreseen.said(what.source),
        )
        await self._gateway.door.take_message(source, Message(warned))

    async def _draw(self, inject: ij.Inject, what: ij.RoadClosed | ij.Crowd, number: int) -> None:
        """Seen by everybody as an area on the map."""
        place = self._foreseen.place(what.place)
        is_road = isinstance(what, ij.RoadClosed)
        label = self._foreseen.said(what.text) or _WORDS["road" if is_road else "crowd"]
        mark = Mark(
            id=self._foreseen.mark_id(inject, number),
            kind=MarkKind.AREA,
            points=ring(place, what.radius_m if is_road else what.radius_m * _CROWD_GROWS[0]),
            label=self._foreseen.marked(label)[:LABEL_LENGTH],
            colour=MarkColour.RED if is_road else MarkColour.AMBER,
            jurisdiction_id=self._foreseen.root,
        )
        if isinstance(what, ij.Crowd):
            await self._gather(what, mark, place)
        else:
            await self._gateway.record(GATEWAY, [MarkDrawn(mark=mark)])
            self._close_road(what, mark, place, 0.0)

    def _close_road(self, what: ij.RoadClosed, mark: Mark, place: Place, since_s: float) -> None:
        """Who walks goes round, until the mark is erased: in time, or by an officer who opens the road."""
        self._site.walking.net.close(mark.id, lat=place.lat, lon=place.lon, radius_m=what.radius_m)
        self._closed.add(mark.id)
        if what.for_s is not None:
            self._later(max(0.0, what.for_s - since_s), lambda: self._erase(mark.id))

    async def _gather(self, what: ij.Crowd, mark: Mark, place: Place) -> None:
        """It grows, and takes the place of an earlier crowd there, which was larger or smaller. Those of the cast who
        come go there."""
        earlier = [
            key for key, (at, radius_m) in self._crowds.items() if _is_within(place, at, what.radius_m + radius_m)
        ]
        for key in earlier:
            del self._crowds[key]
        marks = self._gateway.picture.marks.states
        events = [MarkErased(mark_id=key) for key in earlier if key in marks]
        await self._gateway.record(GATEWAY, [*events, MarkDrawn(mark=mark)])
        self._crowds[mark.id] = (place, what.radius_m)
        self._people.gather(what.actors, place)
        self._grow_later(what, mark, place, 0.0)

    def _grow_later(self, what: ij.Crowd, mark: Mark, place: Place, since_s: float) -> None:
        for step, share in enumerate(_CROWD_GROWS[1:], start=1):
            if (left_s := step * _CROWD_STEP_S - since_s) > 0:
                grown = msgspec.structs.replace(mark, points=ring(place, what.radius_m * share))
                self._later(left_s, partial(self._grow, grown))

    def _grow(self, mark: Mark) -> None:
        if mark.id in self._crowds and mark.id in self._gateway.picture.marks.states:
            self._gateway.record_soon(GATEWAY, [MarkChanged(mark=mark)])

    def _erase(self, mark_id: MarkId) -> None:
        if mark_id in self._gateway.picture.marks.states:
            self._gateway.record_soon(GATEWAY, [MarkErased(mark_id=mark_id)])

    def _silence(self, what: ij.RadioFailure, for_s: float) -> None:
        voice = self._gateway.voice
        talkgroup_id = self._foreseen.talkgroup(what.talkgroup) if what.talkgroup is not None else None
        voice.fail(talkgroup_id)
        self._later(for_s, lambda: voice.mend(talkgroup_id))

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        clock = self._site.clock
        self._timers.append(clock.call_at(clock.monotonic() + seconds, action))
