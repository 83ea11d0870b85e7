"""A desk's store filled with the sample town, for tests, figures and pictures of the map."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from comms.domain import events as ev
from comms.domain.call import Call, CallKind
from comms.domain.ids import GATEWAY, BurstId, CallId, CommandId, JurisdictionId, OrderId, PartyId, UnitId, unit_party
from comms.domain.order import AssignmentState, Order, OrderPriority, Place
from comms.domain.picture import Picture
from comms.domain.unit import Unit, UnitStatus
from comms.protocol.area import Area, TownFile
from comms.protocol.frames import PositionColumns, encode_positions
from comms.protocol.pushes import EventPush, PictureSnapshot
from console.store.store import Store
from tests.support.town import sample_town

NOW = 1_760_000_000.0
TOWN = JurisdictionId("t")


class Desk:
    """A store and the journal that feeds it."""

    def __init__(self, *, now: float = NOW) -> None:
        self.now = now
        self.store = Store(now=lambda: self.now)
        self._seq = 0

    def happen(self, *events: ev.Event, actor: PartyId = GATEWAY) -> None:
        """As if the gateway had told this desk."""
        for event in events:
            self._seq += 1
            self.store.apply_push(EventPush(recorded=ev.Recorded(seq=self._seq, at=self.now, actor=actor, event=event)))

    def begin(self, *events: ev.Event) -> None:
        """Like `happen`, as one snapshot: quick for very many units."""
        picture = Picture()
        for seq, event in enumerate(events, start=1):
            picture.apply(ev.Recorded(seq=seq, at=self.now, actor=GATEWAY, event=event))
        self._seq = picture.seq
        self.store.apply_push(PictureSnapshot(id=CommandId("c"), picture=picture))

    def extend(self, *events: ev.Event) -> None:
        """Like `happen`, as a new snapshot that adds to what is known."""
        picture = self.store.picture
        for seq, event in enumerate(events, start=self._seq + 1):
            picture.apply(ev.Recorded(seq=seq, at=self.now, actor=GATEWAY, event=event))
        self._seq = picture.seq
        self.store.apply_push(PictureSnapshot(id=CommandId("c"), picture=picture))

    def move(
        self,
        no: ArrayLike,
        lat: ArrayLike,
        lon: ArrayLike,
        *,
        age_s: ArrayLike = 0.0,
        accuracy_m: ArrayLike = 8.0,
        heading_deg: ArrayLike = np.nan,
        speed_mps: ArrayLike = np.nan,
    ) -> None:
        count = np.asarray(no).size

        def column(values: ArrayLike) -> NDArray[np.float32]:
            return np.broadcast_to(np.asarray(values, np.float32), (count,)).copy()

        self.store.apply_positions(
            encode_positions(
                PositionColumns(
                    no=np.asarray(no, np.uint32),
                    at=self.now - np.broadcast_to(np.asarray(age_s, np.float64), (count,)),
                    lat=np.asarray(lat, np.float64),
                    lon=np.asarray(lon, np.float64),
                    accuracy_m=column(accuracy_m),
                    heading_deg=column(heading_deg),
                    speed_mps=column(speed_mps),
                    battery_pct=column(80.0),
                )
            )
        )


def desk_with_units(count: int, *, area: Area | None = None) -> Desk:
    """Units `u1` … with numbers 1 …, online and available, not placed yet."""
    desk = Desk()
    events: list[ev.Event] = []
    for number in range(1, count + 1):
        unit_id = UnitId(f"u{number}")
        events.append(ev.UnitDefined(unit=Unit(id=unit_id, no=number, name=f"网格员{number}", jurisdiction_id=TOWN)))
        events.append(ev.TerminalConnected(unit_id=unit_id))
    desk.begin(*events)
    if area is not None:
        desk.store.apply_local(area)
    return desk


def street_places(area: Area, count: int, seed: int) -> tuple[list[float], list[float], list[float]]:
    """Latitudes, longitudes and headings of units on an area's streets, denser on larger ones."""
    roll = np.random.default_rng(seed)
    streets = area.streets
    weights = np.array([len(street.line) * (3, 2, 1)[street.rank] for street in streets], np.float64)
    lat, lon, heading = [], [], []
    for index in roll.choice(len(streets), count, p=weights / weights.sum()):
        line = np.array(streets[index].line)
        leg = roll.integers(0, len(line) - 1)
        place = line[leg] + (line[leg + 1] - line[leg]) * roll.uniform() + roll.normal(0, 3e-5, 2)
        north, east = line[leg + 1] - line[leg]
        lat.append(float(place[0]))
        lon.append(float(place[1]))
        heading.append(float(np.degrees(np.arctan2(east * np.cos(np.radians(place[0])), north)) % 360))
    return lat, lon, heading


def town_desk(*, units: int = 1165, seed: int = 7) -> tuple[Desk, TownFile]:
    """The sample town on duty: most fresh, some old, one talking, one in an emergency, a few orders."""
    town = sample_town(units=units, seed=seed)
    roll = np.random.default_rng(seed)
    desk = Desk()
    events: list[ev.Event] = [ev.JurisdictionDefined(jurisdiction=node) for node in town.jurisdictions]
    events += [ev.TalkgroupDefined(talkgroup=group) for group in town.talkgroups]
    events += [ev.UnitDefined(unit=unit) for unit in town.units]
    statuses = (UnitStatus.AVAILABLE, UnitStatus.DISPATCHED, UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE,
                UnitStatus.BUSY, UnitStatus.OUT_OF_SERVICE)  # fmt: skip
    for unit, draw in zip(town.units, roll.uniform(size=len(town.units)), strict=True):
        if draw < 0.94:
            events.append(ev.TerminalConnected(unit_id=unit.id))
        status = roll.choice(len(statuses), p=(0.72, 0.06, 0.07, 0.06, 0.06, 0.03))
        events.append(ev.UnitStatusChanged(unit_id=unit.id, status=statuses[status]))
    desk.begin(*events)
    lat, lon, heading = street_places(town.area, len(town.units), seed)
    age = np.where(roll.uniform(size=len(lat)) < 0.9, roll.uniform(0, 15, len(lat)), roll.uniform(70, 1500, len(lat)))
    desk.move(
        [unit.no for unit in town.units], lat, lon, heading_deg=heading, age_s=age.tolist(),
        accuracy_m=np.where(roll.uniform(size=len(lat)) < 0.97, 8.0, 70.0).tolist(),
        speed_mps=np.where(roll.uniform(size=len(lat)) < 0.5, 1.4, 0.0).tolist(),
    )  # fmt: skip
    desk.store.apply_local(town.area)
    _stir(desk, town, lat, lon)
    return desk, town


def _stir(desk: Desk, town: TownFile, lat: list[float], lon: list[float]) -> None:
    units, group = town.units, town.talkgroups[0]
    talker, caller = units[len(units) // 2].id, units[len(units) // 3].id
    for unit_id in (talker, caller):
        desk.happen(ev.TerminalConnected(unit_id=unit_id))
    call = Call(id=CallId("call-1"), kind=CallKind.GROUP, caller=unit_party(talker), talkgroup_id=group.id)
    desk.happen(
        ev.CallStarted(call=call),
        ev.TalkStarted(call_id=call.id, burst_id=BurstId("b1"), talkgroup_id=group.id, talker=unit_party(talker)),
        ev.CallStarted(
            call=Call(id=CallId("call-2"), kind=CallKind.POINT, caller=unit_party(caller), is_emergency=True)
        ),
    )
    titles = ("占道经营", "井盖破损", "高空抛物", "消防通道堵塞", "噪声扰民", "垃圾暴露")
    steps = (None, AssignmentState.ACCEPTED, AssignmentState.ON_SCENE, AssignmentState.COMPLETED, None,
             AssignmentState.EN_ROUTE)  # fmt: skip
    for index, (title, step) in enumerate(zip(titles, steps, strict=True)):
        at = (index * 173 + 11) % len(lat)
        order = Order(
            id=OrderId(f"o{index}"), title=title, unit_ids=(units[at].id,), issued_at=desk.now,
            place=Place(lat=lat[at] + 0.0006, lon=lon[at] + 0.0004, text=title),
            priority=OrderPriority.CRITICAL if index == 3 else OrderPriority.NORMAL,
        )  # fmt: skip
        desk.happen(ev.OrderIssued(order=order))
        if step is not None:
            desk.happen(ev.OrderAdvanced(order_id=order.id, unit_id=units[at].id, state=AssignmentState.ACCEPTED))
        if step not in (None, AssignmentState.ACCEPTED):
            desk.happen(ev.OrderAdvanced(order_id=order.id, unit_id=units[at].id, state=step))
        if index == 4:
            desk.happen(ev.OrderOverdue(order_id=order.id, unit_ids=(units[at].id,)))
