"""A city for figures: clustered like people are, 60 by 60 km, with everything the map shows. Same seed, same city."""

from dataclasses import fields, replace

import numpy as np

from comms.domain import events as ev
from comms.domain.ids import JurisdictionId, UnitId
from comms.domain.unit import Unit, UnitStatus
from comms.protocol.area import Area, Camera, Grid, KeyPlace, Street
from comms.protocol.frames import PositionColumns, encode_positions
from console.store.positions import PositionTable
from tests.ui.map_town import Desk
from ui.map.projection import Floats
from ui.map.unit_columns import Rows

SOUTH, WEST, NORTH, EAST = 22.70, 113.50, 23.24, 114.09
UNITS, CAMERAS, PLACES, GRIDS = 100_000, 130_000, 120_000, 10_000
UPDATES_A_SECOND, FRAMES_A_SECOND = 20_000, 10
_CATEGORIES = ("出租屋", "三小场所", "工厂", "市场", "学校", "医院")
_CENTRES, _STREET_POINTS, _EDGE_POINTS = 60, 60, 5


def clustered(count: int, seed: int) -> tuple[Floats, Floats]:
    """Latitudes and longitudes: three quarters in sixty towns, the rest anywhere."""
    roll, town_roll = np.random.default_rng(seed), np.random.default_rng(5)
    centres, spread = town_roll.uniform(0.06, 0.94, (_CENTRES, 2)), town_roll.uniform(0.01, 0.05, _CENTRES)
    weights = town_roll.dirichlet(np.full(_CENTRES, 0.7))
    inner = int(count * 0.75)
    town = roll.choice(_CENTRES, inner, p=weights)
    share = np.concatenate((centres[town] + roll.normal(0, 1, (inner, 2)) * spread[town, None],
                            roll.uniform(0, 1, (count - inner, 2))))  # fmt: skip
    roll.shuffle(share)
    share = np.clip(share, 0.0, 1.0)
    return SOUTH + share[:, 0] * (NORTH - SOUTH), WEST + share[:, 1] * (EAST - WEST)


def city_area() -> Area:
    """130,000 cameras, 120,000 key places, 10,000 grids of 24 points, 900 streets of 60 points."""
    camera_lat, camera_lon = clustered(CAMERAS, 2)
    place_lat, place_lon = clustered(PLACES, 3)
    roll = np.random.default_rng(4)
    headings, kinds = roll.integers(0, 24, CAMERAS) * 15.0, roll.integers(0, len(_CATEGORIES), PLACES)
    cameras = zip(camera_lat.tolist(), camera_lon.tolist(), headings.tolist(), strict=True)
    places = zip(place_lat.tolist(), place_lon.tolist(), kinds.tolist(), strict=True)
    return Area(
        name="样板市",
        bounds=(SOUTH, WEST, NORTH, EAST),
        grids=tuple(_grids()),
        streets=tuple(_streets()),
        cameras=tuple(
            Camera(id=f"c{number}", name=f"路口{number}", lat=lat, lon=lon, heading_deg=heading)
            for number, (lat, lon, heading) in enumerate(cameras)
        ),
        places=tuple(
            KeyPlace(id=f"p{n}", name=f"场所{n}", category=_CATEGORIES[kind], lat=lat, lon=lon, address=f"样板路{n}号")
            for n, (lat, lon, kind) in enumerate(places)
        ),
    )


def _grids() -> list[Grid]:
    """Jittered cells that share crooked borders."""
    side = round(GRIDS**0.5)
    roll = np.random.default_rng(9)
    corner = np.stack(np.meshgrid(*(np.linspace(0, 1, side + 1),) * 2, indexing="ij"), axis=-1)
    corner[1:-1, 1:-1] += roll.uniform(-0.25, 0.25, (side - 1, side - 1, 2)) / side
    along = np.linspace(0, 1, _EDGE_POINTS + 1, endpoint=False)[:, None]
    bend = roll.uniform(-0.04, 0.04, (2, side + 1, side + 1, _EDGE_POINTS + 1, 2)) / side
    bend[:, :, :, 0] = 0

    def edge(which: int, row: int, column: int) -> Floats:
        start, end = corner[row, column], corner[row + 1, column] if which == 0 else corner[row, column + 1]
        points: Floats = start * (1 - along) + end * along + bend[which, row, column]
        return points

    made: list[Grid] = []
    for row in range(side):
        for column in range(side):
            far, up = edge(1, row + 1, column), edge(0, row, column)
            right = edge(0, row, column + 1)
            ring = np.concatenate((edge(1, row, column), right, [corner[row + 1, column + 1]], far[:0:-1],
                                   [corner[row + 1, column]], up[:0:-1]))  # fmt: skip
            places = np.column_stack((SOUTH + ring[:, 0] * (NORTH - SOUTH), WEST + ring[:, 1] * (EAST - WEST)))
            made.append(
                Grid(
                    jurisdiction_id=JurisdictionId(f"900000/s01/v{row // 5 * 20 + column // 5:03d}/g{len(made):05d}"),
                    name=f"{row}-{column}网格",
                    rings=(tuple(map(tuple, places.tolist())),),
                )
            )
    return made


def _streets() -> list[Street]:
    roll = np.random.default_rng(6)
    made = []
    for number in range(900):
        is_across, rank = number % 2 == 0, 0 if number % 30 < 2 else 1 if number % 30 < 10 else 2
        fixed, start = roll.uniform(), roll.uniform(0, 0.8) if rank else 0.0
        run = np.linspace(start, start + (1.0, 0.5, 0.2)[rank], _STREET_POINTS)
        swing = fixed + 0.004 * np.sin(run * 40 + number)
        north, east = (swing, run) if is_across else (run, swing)
        line = np.column_stack((SOUTH + north * (NORTH - SOUTH), WEST + east * (EAST - WEST)))
        made.append(Street(name=f"样板{number}路", rank=rank, line=tuple(map(tuple, line.tolist()))))
    return made


def city_desk(area: Area | None) -> Desk:
    """A desk that knows 100,000 units on duty, all placed, and the area when one is given."""
    desk = Desk()
    roll = np.random.default_rng(1)
    statuses = roll.choice(len(UnitStatus) - 1, UNITS, p=(0.72, 0.06, 0.07, 0.06, 0.06, 0.03))
    events: list[ev.Event] = []
    for number, status in enumerate(statuses.tolist(), start=1):
        unit_id = UnitId(f"u{number}")
        grid = JurisdictionId("900000/s01/v001/g00001")
        events.append(ev.UnitDefined(unit=Unit(id=unit_id, no=number, name=f"网格员{number}", jurisdiction_id=grid)))
        events.append(ev.TerminalConnected(unit_id=unit_id))
        if status:
            events.append(ev.UnitStatusChanged(unit_id=unit_id, status=tuple(UnitStatus)[status]))
    desk.begin(*events)
    lat, lon = clustered(UNITS, 1)
    desk.move(
        np.arange(1, UNITS + 1), lat, lon, heading_deg=roll.uniform(0, 360, UNITS), speed_mps=1.4
    )  # fmt: skip
    if area is not None:
        desk.store.apply_local(area)
    return desk


def columns_of(positions: PositionTable, rows: Rows | None = None) -> PositionColumns:
    """What is known of these rows, or of all, as a frame would carry it."""
    chosen = slice(None) if rows is None else rows
    return PositionColumns(**{field.name: getattr(positions, field.name)[chosen] for field in fields(PositionColumns)})


class Walk:
    """Positions as a city sends them: 2,000 of 100,000 units, ten times a second, each a few metres on."""

    def __init__(self, desk: Desk) -> None:
        self._store = desk.store
        self._desk = desk
        self._roll = np.random.default_rng(3)
        self._frames: list[tuple[float, bytes]] = []

    def prepare(self, count: int) -> None:
        """Make so many frames beforehand: the gateway's work is not the desk's."""
        positions = self._store.positions
        for _ in range(count):
            rows = self._roll.choice(len(positions), UPDATES_A_SECOND // FRAMES_A_SECOND, replace=False)
            at = (self._frames[-1][0] if self._frames else self._desk.now) + 1 / FRAMES_A_SECOND
            columns = columns_of(positions, rows)
            columns = replace(
                columns,
                at=np.full(len(rows), at),
                lat=columns.lat + self._roll.normal(0, 5e-5, len(rows)),
                lon=columns.lon + self._roll.normal(0, 5e-5, len(rows)),
            )
            self._frames.append((at, encode_positions(columns)))

    def step(self) -> None:
        """The store takes the next frame as it came from the gateway."""
        self._desk.now, data = self._frames.pop(0)
        self._store.apply_positions(data)
