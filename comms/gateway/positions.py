"""Where every unit was last, as columns; desks get what changed, five times a second, as binary frames."""

import math
from collections.abc import Callable

import numpy as np
import shapely

from comms.domain.ad_hoc import PolygonTarget
from comms.domain.ids import UnitId
from comms.domain.order import CircleTarget
from comms.domain.position import Fix, distances_m
from comms.gateway.context import Clock, Session, Timer
from comms.gateway.outbox import binary_frame
from comms.gateway.sessions import SessionTable
from comms.protocol.frames import PositionColumns, encode_positions

_FIRST_ROWS = 256
_LARGEST = 1e6
_BUSY_BYTES = 256_000
"""A desk with this much waiting misses a turn; the next frame has all that changed since its last one."""


class Positions:
    """`no_of` gives a unit's number in frames. Times are Unix seconds."""

    def __init__(
        self, *, clock: Clock, sessions: SessionTable, no_of: Callable[[UnitId], int], interval_s: float
    ) -> None:
        self._clock = clock
        self._sessions = sessions
        self._no_of = no_of
        self._interval_s = interval_s
        self._rows: dict[UnitId, int] = {}
        self._unit_ids: list[UnitId] = []
        self._columns = _empty(_FIRST_ROWS)
        self._changed_in = np.zeros(_FIRST_ROWS, np.int64)
        """The turn in which each row last changed; turns count from 1."""
        self._turn = 1
        self._seen: dict[Session, int] = {}
        """The last turn each subscribed desk has."""
        self._timer: Timer | None = None

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def columns(self) -> PositionColumns:
        """Every unit's last reading; rows beyond `len` are not used yet. Not to be written to."""
        return self._columns

    @property
    def unit_ids(self) -> list[UnitId]:
        """By row."""
        return self._unit_ids

    def start(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + self._interval_s, self._tick)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def subscribe(self, session: Session) -> None:
        """The whole table at once: a drill that stands has no next frame for a while."""
        self._seen[session] = self._turn - 1
        outbox, frame = self._sessions.outbox(session), self._frame_since(0)
        if outbox is not None and frame is not None:
            outbox.put(frame)
            outbox.flush()

    def unsubscribe(self, session: Session) -> None:
        self._seen.pop(session, None)

    def take(self, unit_id: UnitId, fix: Fix) -> None:
        """Keep a believable reading, unless a later one is known."""
        row = self._rows.get(unit_id)
        if row is None:
            row = self._add(unit_id)
        columns = self._columns
        if fix.at < columns.at[row]:
            return
        columns.at[row], columns.lat[row], columns.lon[row] = fix.at, fix.lat, fix.lon
        columns.accuracy_m[row] = _bounded(fix.accuracy_m)
        columns.heading_deg[row] = _bounded(fix.heading_deg)
        columns.speed_mps[row] = _bounded(fix.speed_mps)
        columns.battery_pct[row] = _bounded(fix.battery_pct)
        self._changed_in[row] = self._turn

    def within(self, *, lat: float, lon: float, radius_m: float) -> list[UnitId]:
        """Units whose last position lies in the circle, nearest first."""
        count = len(self._rows)
        if not count:
            return []
        metres = distances_m(self._columns.lat[:count], self._columns.lon[:count], lat=lat, lon=lon)
        unit_ids = list(self._rows)
        return [unit_ids[row] for row in np.argsort(metres, kind="stable") if metres[row] <= radius_m]

    def inside(self, area: CircleTarget | PolygonTarget) -> list[UnitId]:
        """Units whose last position lies in the area, in no particular order: 1 ms for 10,000."""
        count = len(self._rows)
        if not count:
            return []
        if isinstance(area, CircleTarget):
            lats, lons = self._columns.lat[:count], self._columns.lon[:count]
            is_inside = distances_m(lats, lons, lat=area.lat, lon=area.lon) <= area.radius_m
        else:
            outline = shapely.Polygon([(lon, lat) for lat, lon in area.corners])
            shapely.prepare(outline)
            is_inside = shapely.contains_xy(outline, self._columns.lon[:count], self._columns.lat[:count])
        unit_ids = list(self._rows)
        return [unit_ids[row] for row in np.flatnonzero(is_inside)]

    def _add(self, unit_id: UnitId) -> int:
        row = self._rows[unit_id] = len(self._rows)
        self._unit_ids.append(unit_id)
        if row == len(self._changed_in):
            self._columns = _grown(self._columns)
            self._changed_in = np.concatenate((self._changed_in, np.zeros(row, np.int64)))
        self._columns.no[row] = self._no_of(unit_id)
        self._columns.at[row] = -np.inf
        return row

    def _tick(self) -> None:
        self._timer = self._clock.call_at(self._clock.monotonic() + self._interval_s, self._tick)
        frames: dict[int, bytes | None] = {}
        for session, seen in self._seen.items():
            outbox = self._sessions.outbox(session)
            if outbox is None or outbox.waiting_bytes > _BUSY_BYTES:
                continue
            if seen not in frames:
                frames[seen] = self._frame_since(seen)
            frame = frames[seen]
            if frame is not None:
                outbox.put(frame)
                outbox.flush()
            self._seen[session] = self._turn
        self._turn += 1

    def _frame_since(self, turn: int) -> bytes | None:
        rows = np.flatnonzero(self._changed_in[: len(self._rows)] > turn)
        if not len(rows):
            return None
        columns = self._columns
        picked = PositionColumns(*(getattr(columns, name)[rows] for name in PositionColumns.__slots__))
        return binary_frame(encode_positions(picked))


def _bounded(value: float | None) -> float:
    """What a terminal says, kept within what a column can hold."""
    return math.nan if value is None else max(0.0, min(value, _LARGEST))


def _empty(rows: int) -> PositionColumns:
    def floats() -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        return np.full(rows, np.nan, np.float32)

    return PositionColumns(
        no=np.zeros(rows, np.uint32),
        at=np.full(rows, -np.inf),
        lat=np.zeros(rows),
        lon=np.zeros(rows),
        accuracy_m=floats(),
        heading_deg=floats(),
        speed_mps=floats(),
        battery_pct=floats(),
    )


def _grown(columns: PositionColumns) -> PositionColumns:
    """Twice the rows."""
    more = _empty(len(columns))
    return PositionColumns(
        *(np.concatenate((getattr(columns, name), getattr(more, name))) for name in PositionColumns.__slots__)
    )
