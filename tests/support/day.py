"""A scripted day of a town: a journal and tracks as a gateway leaves them, made in one go. Same seed, same day."""

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from comms.domain import events as ev
from comms.domain.alarm import Alarm, AlarmKind, AlarmPriority
from comms.domain.call import Call, CallEnd, CallKind, TalkEnd
from comms.domain.ids import (
    GATEWAY,
    BlobId,
    BurstId,
    CallId,
    IncidentId,
    JurisdictionId,
    OfficerId,
    OrderId,
    PartyId,
    TalkgroupId,
    UnitId,
    officer_party,
    unit_party,
)
from comms.domain.incident import Incident, IncidentOutcome
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.order import AssignmentState, Order, Place, UnitsTarget
from comms.domain.talkgroup import Talkgroup
from comms.domain.unit import Unit, UnitStatus
from comms.journal import chain, tables, tracks
from comms.journal.database import Database
from comms.journal.track_tables import track_chunks, track_metadata, track_units
from comms.protocol.track_chunk import ROW, Readings, encode_chunk

TOWN = JurisdictionId("900000/s01")
OFFICER = OfficerId("duty")
DESK = officer_party(OFFICER)
START = 495_000 * 3600.0
"""On the hour."""
GROUPS = 12
LAT, LON = 23.0, 113.7
_S = AssignmentState
_COURSE = (_S.DELIVERED, _S.READ, _S.ACCEPTED, _S.EN_ROUTE, _S.ON_SCENE, _S.COMPLETED)

Line = tuple[float, PartyId, ev.Event]


def unit_ids(units: int) -> list[UnitId]:
    return [UnitId(f"u{number:05d}") for number in range(1, units + 1)]


def definitions(units: int) -> list[ev.Event]:
    """What a journal begins with."""
    groups = [
        Talkgroup(id=TalkgroupId(f"g{number:02d}"), name=f"{number}组", jurisdiction_id=TOWN)
        for number in range(GROUPS)
    ]
    made: list[ev.Event] = [ev.JurisdictionDefined(jurisdiction=Jurisdiction(id=TOWN, name="样板镇", level=Level.TOWN))]
    made += [ev.TalkgroupDefined(talkgroup=group) for group in groups]
    for number, unit_id in enumerate(unit_ids(units), start=1):
        group_id = groups[number % GROUPS].id
        unit = Unit(id=unit_id, no=number, name=f"网格员{number}", jurisdiction_id=TOWN, talkgroup_ids=(group_id,))
        made.append(ev.UnitDefined(unit=unit))
    made.append(ev.OfficerDefined(officer_id=OFFICER, name="值班员", jurisdiction_id=TOWN))
    return made


class Script:
    """What happens, action by action; the lines of all are sorted by time afterwards."""

    def __init__(self, *, units: int, seconds: float, seed: int) -> None:
        # Not for secrecy: the same seed must give the same day.
        self._roll = random.Random(seed)
        self._units = unit_ids(units)
        self._seconds = seconds
        self._count = 0
        self.lines: list[Line] = []

    def fill(self, events: int) -> list[Line]:
        for unit_id in self._units:
            self._add(0.0, unit_party(unit_id), ev.TerminalConnected(unit_id=unit_id))
        self._add(0.0, DESK, ev.OfficerSignedOn(officer_id=OFFICER))
        actions: Sequence[Callable[[float], None]] = (self._talk, self._order, self._incident, self._alarm, self._small)
        while len(self.lines) < events:
            self._count += 1
            self._roll.choices(actions, (40, 10, 6, 4, 40))[0](self._roll.uniform(1.0, max(self._seconds - 60.0, 2.0)))
        self.lines.sort(key=lambda line: line[0])
        return self.lines

    def _add(self, after_s: float, actor: PartyId, event: ev.Event) -> None:
        self.lines.append((START + after_s, actor, event))

    def _unit(self) -> UnitId:
        return self._roll.choice(self._units)

    def _talk(self, at: float) -> None:
        number, unit_id = self._count, self._unit()
        call_id, party = CallId(f"c{number}"), unit_party(unit_id)
        group_id = TalkgroupId(f"g{self._roll.randrange(GROUPS):02d}")
        call = Call(id=call_id, kind=CallKind.GROUP, caller=party, talkgroup_id=group_id)
        self._add(at, party, ev.CallStarted(call=call))
        for burst in range(self._roll.randint(1, 3)):
            burst_id, length = BurstId(f"b{number}.{burst}"), self._roll.uniform(1.0, 8.0)
            began = ev.TalkStarted(call_id=call_id, burst_id=burst_id, talkgroup_id=group_id, talker=party)
            over = ev.TalkEnded(call_id=call_id, burst_id=burst_id, talkgroup_id=group_id, end=TalkEnd.RELEASED)
            self._add(at, party, began)
            self._add(at + length, party, over)
            saved = ev.RecordingSaved(
                call_id=call_id,
                burst_id=burst_id,
                talker=party,
                blob_id=BlobId(f"{number:062x}{burst:02x}"),
                started_at=START + at + 0.1,
                duration_s=length - 0.1,
            )
            self._add(at + length + 0.2, party, saved)
            at += length + 1.0
        self._add(at + 20.0, GATEWAY, ev.CallEnded(call_id=call_id, end=CallEnd.INACTIVE))

    def _order(self, at: float) -> None:
        order_id, unit_id = OrderId(f"o{self._count}"), self._unit()
        place = Place(lat=LAT + self._roll.uniform(0, 0.05), lon=LON, text="样板路口")
        order = Order(
            id=order_id,
            title="占道经营",
            text="请到现场核实并处理",
            place=place,
            issued_at=START + at,
            target=UnitsTarget((unit_id,)),
            unit_ids=(unit_id,),
        )
        self._add(at, DESK, ev.OrderIssued(order=order))
        self._add(at, GATEWAY, ev.UnitStatusChanged(unit_id=unit_id, status=UnitStatus.DISPATCHED))
        for state in _COURSE:
            at += self._roll.uniform(0.5, 6.0)
            self._add(at, unit_party(unit_id), ev.OrderAdvanced(order_id=order_id, unit_id=unit_id, state=state))
        self._add(at, DESK, ev.OrderAdvanced(order_id=order_id, unit_id=unit_id, state=_S.VERIFIED))
        self._add(at, GATEWAY, ev.UnitStatusChanged(unit_id=unit_id, status=UnitStatus.AVAILABLE))

    def _incident(self, at: float) -> None:
        incident_id = IncidentId(f"i{self._count}")
        place = Place(lat=LAT, lon=LON + self._roll.uniform(0, 0.05))
        incident = Incident(id=incident_id, kind="井盖缺失", place=place, jurisdiction_id=TOWN, text="路口井盖缺失")
        self._add(at, unit_party(self._unit()), ev.IncidentReported(incident=incident))
        if self._roll.random() < 0.8:
            closed = ev.IncidentClosed(incident_id=incident_id, outcome=IncidentOutcome.HANDLED)
            self._add(at + self._roll.uniform(5.0, 40.0), DESK, closed)

    def _alarm(self, at: float) -> None:
        unit_id = self._unit()
        source = f"unit:{unit_id}:{self._count}"
        alarm = Alarm(kind=AlarmKind.UNIT_SILENT, source=source, priority=AlarmPriority.MEDIUM, unit_id=unit_id)
        alarm_id = alarm.id
        self._add(at, GATEWAY, ev.AlarmRaised(alarm=alarm))
        self._add(at + 8.0, DESK, ev.AlarmAcknowledged(alarm_ids=(alarm_id,)))
        self._add(at + 30.0, GATEWAY, ev.AlarmCleared(alarm_id=alarm_id))

    def _small(self, at: float) -> None:
        unit_id = self._unit()
        match self._roll.randrange(3):
            case 0:
                self._add(at, DESK, ev.NoteAdded(text=f"记录{self._count}"))
            case 1:
                self._add(at, unit_party(unit_id), ev.TerminalDisconnected(unit_id=unit_id))
                self._add(at + 12.0, unit_party(unit_id), ev.TerminalConnected(unit_id=unit_id))
            case _:
                status = self._roll.choice((UnitStatus.BUSY, UnitStatus.AVAILABLE))
                self._add(at, unit_party(unit_id), ev.UnitStatusChanged(unit_id=unit_id, status=status))


def recorded_day(*, units: int, seconds: float, events: int, seed: int = 1) -> list[ev.Recorded]:
    """Definitions at its start, then so many events (about) over so many seconds."""
    begun = [(START, GATEWAY, event) for event in definitions(units)]
    lines = (*begun, *Script(units=units, seconds=seconds, seed=seed).fill(events))
    return [ev.Recorded(seq=seq, at=at, actor=actor, event=event) for seq, (at, actor, event) in enumerate(lines, 1)]


def write_journal(data: Path, recorded: Iterable[ev.Recorded]) -> None:
    """As the gateway's writer leaves it."""
    database = Database(data)
    try:
        for rows in _batches(_rows(recorded), 5_000):
            with database.engine.begin() as connection:
                connection.execute(insert(tables.events), rows)
    finally:
        database.close()


def _rows(recorded: Iterable[ev.Recorded]) -> Iterator[dict[str, object]]:
    head = chain.GENESIS
    for each in recorded:
        row = chain.to_row(each, previous=head)
        head = row.hash
        yield {name: getattr(row, name) for name in chain.Row.__slots__}


def _batches(rows: Iterator[dict[str, object]], size: int) -> Iterator[list[dict[str, object]]]:
    held: list[dict[str, object]] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held


def walk(unit: int, *, hour: int, interval_s: float = 5.0, seed: int = 1) -> Readings:
    """One unit's readings of one hour of the day: it wanders a few metres between two."""
    roll = np.random.default_rng((seed, unit, hour))
    count = int(3600 / interval_s)
    rows = np.zeros(count, ROW)
    first = round((START + hour * 3600) * 10) + unit % round(interval_s * 10)
    rows["at"] = first + np.arange(count) * round(interval_s * 10)
    for axis, centre in (("lat", LAT), ("lon", LON)):
        steps = np.cumsum(roll.normal(0.0, 60.0, count))
        rows[axis] = np.rint(centre * 1e7 + (unit % 40) * 20_000 + steps)
    rows["accuracy"], rows["speed"], rows["heading"] = roll.integers(40, 120, count), 140, roll.integers(0, 3600, count)
    rows["battery"] = 80
    return rows


def write_tracks(data: Path, *, units: int, hours: int, interval_s: float = 5.0) -> None:
    """Chunks of whole hours, as the track store leaves them."""
    data.mkdir(parents=True, exist_ok=True)
    engine = tables.open_engine(data / tracks.FILE_NAME)
    track_metadata.create_all(engine)
    names = [{"no": number, "unit_id": unit_id} for number, unit_id in enumerate(unit_ids(units), start=1)]
    with engine.begin() as connection:
        connection.execute(insert(track_units), names)
    for hour in range(hours):
        chunks = []
        for unit in range(1, units + 1):
            rows = walk(unit, hour=hour, interval_s=interval_s)
            span = int(START // 3600) + hour
            chunks.append({"no": unit, "span": span, "count": len(rows), "data": encode_chunk(rows)})
        with engine.begin() as connection:
            connection.execute(insert(track_chunks), chunks)
    engine.dispose()
