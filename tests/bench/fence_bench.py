"""`fence.evaluate`: one second's share of 10,000 units that report each 5 s, against all fences and the own grids.
`fence.loop_hold`: the longest that one look holds the loop, which also carries voice.

A look takes place once a second, so 10 ms are one per cent of a core. Baselines: the same question asked unit by unit;
the same look in one go, in the same run.
"""

import time

import numpy as np
import shapely

from comms.domain.fence import Fence, FenceCircle, FencePolygon, FenceRule, FenceShape, FenceTrigger
from comms.domain.ids import FenceId, JurisdictionId, UnitId
from comms.domain.order import JurisdictionTarget
from comms.domain.unit import Unit
from comms.gateway.fence_fields import FenceFields
from comms.gateway.fence_outline import Rows
from comms.gateway.fence_watch import SLICE_S
from comms.gateway.home_ground import HomeGround
from comms.protocol.area import Area, Grid
from comms.protocol.frames import PositionColumns
from tests.bench.record import Record, record

UNITS, FENCES, HOLD_FENCES, GRIDS_A_SIDE = 10_000, 100, 200, 56
LOOKS = 60
SETTLING = 1
"""In the first look everybody is new: it is not one of those that follow each second."""
SHARE = 5
TOWN = JurisdictionId("t")
SOUTH, WEST, SPAN = 22.9, 113.6, 0.4
PEOPLE = [
    Unit(id=UnitId(f"u{row}"), no=row, name="bench", jurisdiction_id=JurisdictionId(f"t/g{row % GRIDS_A_SIDE**2:04d}"))
    for row in range(UNITS)
]
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
    return [_evaluate(), _loop_hold()]


def _evaluate() -> Record:
    dice = np.random.default_rng(7)
    columns, (fields, fences) = _columns(dice), _watch(dice, FENCES)
    looks, naive = [], []
    for turn in range(LOOKS):
        moved, now = _move(columns, turn, dice)
        began_s = time.perf_counter()
        for _ in fields.steps(columns, PEOPLE, (), now=now):
            pass
        looks.append((time.perf_counter() - began_s) * 1e3)
        if turn % 10 == 0:
            naive.append(_naive_ms(columns, moved, fences))
    return record(
        "fence.evaluate",
        looks[SETTLING:],
        unit="ms",
        params=_params(FENCES),
        baseline="contains, unit by unit",
        baseline_values=naive,
    )


def _loop_hold() -> Record:
    """How long whatever waits for the loop waits at most in one look, against a look in one go."""
    dice = np.random.default_rng(7)
    columns, (fields, _) = _columns(dice), _watch(dice, HOLD_FENCES)
    in_slices, in_one_go = [], []
    for turn in range(LOOKS):
        _, now = _move(columns, turn, dice)
        holds, began_s = [0.0], time.perf_counter()
        slice_began_s = began_s
        for _ in fields.steps(columns, PEOPLE, (), now=now):
            at_s = time.perf_counter()
            if at_s - slice_began_s >= SLICE_S:
                holds.append(at_s - slice_began_s)
                slice_began_s = time.perf_counter()
        ended_s = time.perf_counter()
        holds.append(ended_s - slice_began_s)
        in_slices.append(max(holds) * 1e3)
        in_one_go.append((ended_s - began_s) * 1e3)
    return record(
        "fence.loop_hold",
        in_slices[SETTLING:],
        unit="ms",
        params=_params(HOLD_FENCES),
        baseline="the look in one go",
        baseline_values=in_one_go[SETTLING:],
        target=5.0,
    )


def _params(fences: int) -> dict[str, int]:
    return {"units": UNITS, "every_s": SHARE, "fences": fences, "grids": GRIDS_A_SIDE**2}


def _watch(dice: np.random.Generator, count: int) -> tuple[FenceFields, list[Fence]]:
    fences = [_fence(number, dice) for number in range(count)]
    fields = FenceFields()
    fields.set_ground(HomeGround(_area()))
    for fence in (*fences, _stray_fence()):
        fields.add(fence)
    return fields, fences


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


def _move(columns: PositionColumns, turn: int, dice: np.random.Generator) -> tuple[Rows, float]:
    """The rows that report in this second, and the time."""
    rows, now = np.arange(turn % SHARE, UNITS, SHARE), 1000.0 + turn
    columns.at[rows] = now
    columns.lat[rows] += dice.normal(0, 1e-4, len(rows))
    columns.lon[rows] += dice.normal(0, 1e-4, len(rows))
    return rows, now


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


def _naive_ms(columns: PositionColumns, rows: Rows, fences: list[Fence]) -> float:
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
