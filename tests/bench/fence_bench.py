"""`fence.evaluate`: one second's share of 10,000 units that report each 5 s, against all fences and the own grids.

A look takes place once a second, so 10 ms are one per cent of a core. Baseline: the same question asked unit by unit.
"""

import time

import numpy as np
import shapely

from comms.domain.fence import Fence, FenceCircle, FencePolygon, FenceRule, FenceShape, FenceTrigger
from comms.domain.ids import FenceId, JurisdictionId
from comms.domain.order import JurisdictionTarget
from comms.gateway.fence_field import FenceField
from comms.gateway.home_ground import HomeGround
from comms.protocol.area import Area, Grid
from comms.protocol.frames import PositionColumns
from tests.bench.record import Record, record

UNITS, FENCES, GRIDS_A_SIDE = 10_000, 100, 56
LOOKS = 60
SHARE = 5
TOWN = JurisdictionId("t")
SOUTH, WEST, SPAN = 22.9, 113.6, 0.4
_RULES = tuple(
    FenceRule(trigger=trigger, limit=limit)
    for trigger, limit in (
        (FenceTrigger.ENTER, None),
        (FenceTrigger.LEAVE, None),
        (FenceTrigger.DWELL, 30.0),
        (FenceTrigger.SPEED, 40.0),
        (FenceTrigger.SILENT, 10.0),
    )
)


def records() -> list[Record]:
    dice = np.random.default_rng(7)
    columns = _columns(dice)
    fences = [_fence(number, dice) for number in range(FENCES)]
    fields = [FenceField(fence) for fence in fences]
    fields.append(FenceField(_stray_fence()))
    for each in fields:
        each.grow(UNITS)
        each.applies = np.ones(UNITS, np.bool_)
    ground = HomeGround(_area())
    ground.settle([JurisdictionId(f"t/g{row % (GRIDS_A_SIDE**2):04d}") for row in range(UNITS)])
    looks, naive = [], []
    for turn in range(LOOKS):
        moved = np.arange(turn % SHARE, UNITS, SHARE)
        now = 1000.0 + turn
        _move(columns, moved, now, dice)
        began_s = time.perf_counter()
        ground.look(columns, moved)
        for each in fields:
            each.look(columns, moved, ground.outside_since, now=now)
        looks.append((time.perf_counter() - began_s) * 1e3)
        if turn % 10 == 0:
            naive.append(_naive_ms(columns, moved, fences))
    return [
        record(
            "fence.evaluate",
            looks,
            unit="ms",
            params={"units": UNITS, "every_s": SHARE, "fences": FENCES, "grids": GRIDS_A_SIDE**2},
            baseline="contains, unit by unit",
            baseline_values=naive,
        )
    ]


def _columns(dice: np.random.Generator) -> PositionColumns:
    return PositionColumns(
        no=np.arange(UNITS, dtype=np.uint32),
        at=np.full(UNITS, 995.0),
        lat=SOUTH + dice.random(UNITS) * SPAN,
        lon=WEST + dice.random(UNITS) * SPAN,
        accuracy_m=np.full(UNITS, 12.0, np.float32),
        heading_deg=np.zeros(UNITS, np.float32),
        speed_mps=dice.random(UNITS).astype(np.float32) * 8,
        battery_pct=np.full(UNITS, 80.0, np.float32),
    )


def _move(
    columns: PositionColumns, rows: "np.ndarray[tuple[int], np.dtype[np.intp]]", now: float, dice: np.random.Generator
) -> None:
    columns.at[rows] = now
    columns.lat[rows] += dice.normal(0, 1e-4, len(rows))
    columns.lon[rows] += dice.normal(0, 1e-4, len(rows))


def _fence(number: int, dice: np.random.Generator) -> Fence:
    lat, lon = SOUTH + dice.random() * SPAN, WEST + dice.random() * SPAN
    shape: FenceShape = FenceCircle(lat=lat, lon=lon, radius_m=300.0 + 2_000 * dice.random())
    if number % 2:
        turns = np.sort(dice.random(40)) * 2 * np.pi
        reach = 0.005 + 0.02 * dice.random(40)
        ring = zip(lat + reach * np.sin(turns), lon + reach * np.cos(turns), strict=True)
        shape = FencePolygon(ring=tuple((float(a), float(b)) for a, b in ring))
    return Fence(
        id=FenceId(f"f{number}"),
        name="bench",
        jurisdiction_id=TOWN,
        shape=shape,
        subject=JurisdictionTarget(TOWN),
        rules=_RULES,
    )


def _stray_fence() -> Fence:
    rule = FenceRule(trigger=FenceTrigger.OUT_OF_GRID, limit=3.0)
    return Fence(id=FenceId("g"), name="bench", jurisdiction_id=TOWN, subject=JurisdictionTarget(TOWN), rules=(rule,))


def _area() -> Area:
    side = SPAN / GRIDS_A_SIDE
    grids = []
    for row in range(GRIDS_A_SIDE):
        for column in range(GRIDS_A_SIDE):
            south, west = SOUTH + row * side, WEST + column * side
            corners = ((0, 0), (0, 1), (1, 1), (1, 0))
            ring = tuple((south + up * side, west + right * side) for up, right in corners)
            key = JurisdictionId(f"t/g{row * GRIDS_A_SIDE + column:04d}")
            grids.append(Grid(jurisdiction_id=key, name=key, rings=(ring,)))
    return Area(name="bench", bounds=(SOUTH, WEST, SOUTH + SPAN, WEST + SPAN), grids=tuple(grids))


def _naive_ms(
    columns: PositionColumns, rows: "np.ndarray[tuple[int], np.dtype[np.intp]]", fences: list[Fence]
) -> float:
    """Is each unit in each fence? Nothing else: no own grid, no margins, no limits."""
    shapes = [_plain(fence.shape) for fence in fences]
    began_s = time.perf_counter()
    for row in rows.tolist():
        point = shapely.Point(columns.lon[row], columns.lat[row])
        for shape in shapes:
            shape.contains(point)
    return (time.perf_counter() - began_s) * 1e3


def _plain(shape: FenceShape | None) -> shapely.Polygon:
    if isinstance(shape, FencePolygon):
        return shapely.Polygon([(lon, lat) for lat, lon in shape.ring])
    assert shape is not None
    return shapely.Point(shape.lon, shape.lat).buffer(shape.radius_m / 111_195)
