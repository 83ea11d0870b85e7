"""Names on the ground: which of them are shown, and where. Planned per block of the view, with their images.

Names are no part of the tiles: so they stay sharp between levels, are never cut at a tile's edge, and make way
for the labels of units.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from math import atan2, ceil, cos, degrees, floor, hypot, log2, radians, sin

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from comms.domain.ids import JurisdictionId
from comms.domain.pause import never
from console.gate import Unhurried
from console.layers.features import Geometry
from ui.map.clusters import PLATE_HEIGHT_PX, Clusters, cells_over, plate_width_px
from ui.map.declutter import Cells, Occupancy, Rect
from ui.map.ground import Ground, Way
from ui.map.layer_data import LayerPoints, LayerShapes
from ui.map.lettering import Lettered, Lettering, Tone
from ui.map.outline import LOCAL_SCALE, overlapping
from ui.map.projection import TILE_PX, Floats
from ui.map.view import View

BLOCK_PX = 128
"""A plan holds while the view's corner stays in one block of this size."""
MOST_CANDIDATES = 700
"""Per plan, the most important first; bounds the cost in a city."""
AT_ONCE, KEPT_CLEAR_AT_ONCE = 16, 250
"""Names, and symbols they keep clear of, between two looks at whether the interface wants to go first."""
MOST_KEPT_CLEAR = 2_000
"""Symbols of a layer that names keep clear of; where there are more, most of them are clusters."""
SPOT_RANK = 4
TURN_STEP_DEG = 5
STRAIGHT = 0.97
"""A street's name lies only where the chord is at least this share of the way along the line."""
REPEAT_PX = 640.0
"""A long street is named again after so many pixels."""
MOST_NAMES = 200
"""On the screen and a margin around it."""
NAME_BELOW_PX = 17.0
"""A spot's name lies so far below its symbol."""
VILLAGE_NAMES = (12.5, 15.0)
GRID_NAMES_FROM = 14.75
GRID_ROOM, ROOM_BESIDE_VILLAGE = 1.25, 5.0
"""So many times as wide as its name a grid must be to be named; the second where villages have their names."""
LEAST_NAMED_PX = 24.0
"""No name fits into less."""
STREET_NAMES_FROM = (12.75, 15.0, 16.25)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that would like to lie with its middle at a world point. Lower `rank` goes first."""

    rank: int
    text: str
    tone: Tone
    x: float
    y: float
    turn_deg: int = 0


@dataclass(frozen=True, slots=True)
class PlacedName:
    """`boxes` are what it covers, as offsets from its middle in logical pixels."""

    candidate: Candidate
    boxes: tuple[Rect, ...]

    def rects(self, view: View) -> tuple[Rect, ...]:
        px, py = view.screen_of(self.candidate.x, self.candidate.y)
        return tuple((px + x, py + y, width, height) for x, y, width, height in self.boxes)


PlanKey = tuple[float, int, int, int, int]
"""Zoom, column and row of the block, width and height of the view."""


@dataclass(frozen=True, slots=True, eq=False)
class NamesPlan:
    """Names chosen for a block of the view, in pixels from the block's corner at (`left`, `top`) of the world."""

    key: PlanKey
    names: tuple[PlacedName, ...]
    left: float
    top: float
    occupancy: Occupancy
    """What the names cover."""
    plates: Occupancy
    """What the plates of clusters cover."""
    middles: tuple[tuple[float, float], ...]
    cells: tuple[tuple[Cells, ...], ...]
    frames: tuple[Cells, ...]
    """Around all the cells of each name: when it is free, they are."""
    images: tuple[Lettered, ...]

    def serves(self, view: View) -> bool:
        """Whether it can be drawn in this view: same zoom and size, and not left by more than its margin."""
        zoom, _, _, width, height = self.key
        dx, dy = self.shift(view)
        is_near = -BLOCK_PX * 2.5 <= dx <= BLOCK_PX / 2 and -BLOCK_PX * 2.5 <= dy <= BLOCK_PX / 2
        return (zoom, width, height) == (view.zoom, view.width, view.height) and is_near

    def shift(self, view: View) -> tuple[float, float]:
        """What to add to a pixel of the block to have the pixel of the screen."""
        return self.left - view.left, self.top - view.top

    def draw(self, painter: QPainter, view: View, free: Iterable[int], *, are_villages: bool) -> None:
        """A village has one name and many units: its name lies above them, or it would drown."""
        dx, dy = self.shift(view)
        for index in free:
            if (self.names[index].candidate.tone is Tone.VILLAGE) == are_villages:
                lettered, (x, y) = self.images[index], self.middles[index]
                corner = QPointF(round(x - lettered.width / 2 + dx), round(y - lettered.height / 2 + dy))
                painter.drawImage(corner, lettered.image)

    def free_of(self, taken: Occupancy) -> list[int]:
        """Indices of the names that touch nothing taken (in the block's pixels)."""
        return [
            index
            for index, own in enumerate(self.cells)
            if taken.are_free(self.frames[index]) or all(taken.are_free(cells) for cells in own)
        ]


class NamePlan:
    """Chooses names for a view; keeps the choice until the view leaves the block."""

    def __init__(
        self,
        ground: Ground,
        lettering: Lettering,
        village_name: Callable[[JurisdictionId], str],
        stand_back: Callable[[], None] = never,
    ) -> None:
        self._stand_back = stand_back
        self._ground = ground
        self._lettering = lettering
        self._village_name = village_name
        self._key: PlanKey | None = None
        self._plan: NamesPlan | None = None

    def plan(self, view: View) -> NamesPlan:
        """Takes 10 ms in a busy city; the map has it made on the tile worker."""
        key = plan_key(view)
        if key != self._key or self._plan is None:
            self._key = key
            self._plan = self._planned(_block_view(view, key), key)
        return self._plan

    def _planned(self, block: View, key: PlanKey) -> NamesPlan:
        self._stand_back()
        occupancy = Occupancy(block.width, block.height)
        clusters = Clusters(list(self._points()), cells_over(block.zoom, block.bounds()), self._stand_back)
        self._stand_back()
        plates = self._plates(occupancy.copy(), block, clusters)
        names = tuple(islice(self._choose(block, plates.copy(), clusters), MOST_NAMES))
        listed = Unhurried(names, self._stand_back, AT_ONCE)
        cells = tuple(tuple(occupancy.cells(rect) for rect in name.rects(block)) for name in listed)
        for own in Unhurried(cells, self._stand_back, AT_ONCE):
            for each in own:
                occupancy.take_cells(each)
        return NamesPlan(
            key=key,
            names=names,
            left=block.left,
            top=block.top,
            occupancy=occupancy,
            plates=plates,
            middles=tuple(block.screen_of(name.candidate.x, name.candidate.y) for name in names),
            cells=cells,
            frames=tuple(_around(own) for own in cells),
            images=tuple(self._lettered(name.candidate) for name in names),
        )

    def _lettered(self, candidate: Candidate) -> Lettered:
        self._stand_back()
        return self._lettering.lettered(candidate.text, candidate.tone, candidate.turn_deg)

    def _choose(self, block: View, occupancy: Occupancy, clusters: Clusters) -> Iterator[PlacedName]:
        shown = {(n.candidate.text, n.candidate.tone) for n in self._plan.names} if self._plan is not None else set()
        candidates = sorted(
            self._unhurried(self._candidates(block, clusters)),
            # A name that is shown stays, so that panning does not make names jump.
            key=lambda candidate: (candidate.rank, (candidate.text, candidate.tone) not in shown),
        )
        self._keep_symbols_clear(occupancy, block)
        for candidate in candidates[:MOST_CANDIDATES]:
            self._stand_back()
            placed = PlacedName(candidate, self._boxes(candidate))
            if occupancy.claim(placed.rects(block)):
                yield placed

    def _keep_symbols_clear(self, occupancy: Occupancy, block: View) -> None:
        for points in self._points():
            if block.zoom >= points.layer.symbols_from:
                rows = points.within(block.bounds())[:MOST_KEPT_CLEAR]
                x, y = block.screens_of(points.x[rows], points.y[rows])
                for first in range(0, len(rows), KEPT_CLEAR_AT_ONCE):
                    self._stand_back()
                    some = slice(first, first + KEPT_CLEAR_AT_ONCE)
                    occupancy.take_squares(x[some], y[some], half_px=4.0)

    def _plates(self, occupancy: Occupancy, block: View, clusters: Clusters) -> Occupancy:
        scale = self._lettering.scale
        height = PLATE_HEIGHT_PX * scale
        for plate in Unhurried(clusters.plates(scale), self._stand_back, AT_ONCE):
            px, py = block.screen_of(plate.x, plate.y)
            width = plate_width_px(plate.count) * scale
            occupancy.take((px - width / 2, py - height / 2, width, height))
        return occupancy

    def _points(self) -> Iterator[LayerPoints]:
        """Layers of points from the topmost down."""
        return (layer for layer in reversed(self._ground.layers) if isinstance(layer, LayerPoints))

    def _boxes(self, candidate: Candidate) -> tuple[Rect, ...]:
        width, height = self._lettering.size(candidate.text, candidate.tone)
        if candidate.turn_deg == 0:
            return ((-width / 2 - 2, -height / 2, width + 4, height),)
        parts = max(1, ceil(width / height / 1.5))
        step, turn = width / parts, radians(candidate.turn_deg)
        side = max(step, height) * 0.9
        middles = ((-width / 2 + (part + 0.5) * step) for part in range(parts))
        return tuple((along * cos(turn) - side / 2, along * sin(turn) - side / 2, side, side) for along in middles)

    def _candidates(self, block: View, clusters: Clusters) -> Iterable[Candidate]:
        for found in (
            self._village_candidates(block),
            self._grid_candidates(block),
            self._shape_candidates(block),
            self._street_candidates(block),
            self._spot_candidates(block, clusters),
        ):
            self._stand_back()
            yield from found

    def _unhurried(self, candidates: Iterable[Candidate]) -> Iterator[Candidate]:
        for number, candidate in enumerate(candidates):
            if number % AT_ONCE == 0:
                self._stand_back()
            yield candidate

    def _village_candidates(self, block: View) -> Iterator[Candidate]:
        if not VILLAGE_NAMES[0] <= block.zoom < VILLAGE_NAMES[1]:
            return
        villages = self._ground.villages
        for row in overlapping(villages.bounds, block.bounds()).tolist():
            text = self._village_name(villages.ids[row]) or villages.names[row]
            if text:
                yield Candidate(0, text, Tone.VILLAGE, *villages.anchors[row].tolist())

    def _grid_candidates(self, block: View) -> Iterator[Candidate]:
        grids = self._ground.grids
        is_beside_village = VILLAGE_NAMES[0] <= block.zoom < GRID_NAMES_FROM
        room = ROOM_BESIDE_VILLAGE if is_beside_village else GRID_ROOM
        for row in self._wide_enough(grids.bounds, block, room):
            x_min, _, x_max, _ = grids.bounds[row]
            if (x_max - x_min) * block.scale > self._lettering.width(grids.names[row], Tone.GRID) * room:
                yield Candidate(1, grids.names[row], Tone.GRID, *self._grid_anchor(row, block))

    def _wide_enough(self, bounds: Floats, block: View, room: float) -> list[int]:
        """Rows in the block that might be named: of a whole city seen from afar, none."""
        rows = overlapping(bounds, block.bounds())
        width = (bounds[rows, 2] - bounds[rows, 0]) * block.scale
        wide: list[int] = rows[width > LEAST_NAMED_PX * self._lettering.scale * room].tolist()
        return wide

    def _shape_candidates(self, block: View) -> Iterator[Candidate]:
        """Areas of layers; where several layers or the grids have the same one, it is named once."""
        named = {self._ground.grids.names[row] for row in overlapping(self._ground.grids.bounds, block.bounds())}
        for shapes in reversed(self._ground.layers):
            if not isinstance(shapes, LayerShapes) or shapes.features.geometry is not Geometry.POLYGON:
                continue
            if not shapes.features.is_named or not shapes.layer.zoom_from <= block.zoom <= shapes.layer.zoom_to:
                continue
            for row in self._wide_enough(shapes.bounds, block, GRID_ROOM):
                self._stand_back()
                text, width = shapes.features.name(row), float(shapes.bounds[row, 2] - shapes.bounds[row, 0])
                if text in named or width * block.scale <= self._lettering.width(text, Tone.GRID) * GRID_ROOM:
                    continue
                place = shapes.point_of_in(row, block.bounds(-BLOCK_PX))
                if place is not None:
                    named.add(text)
                    yield Candidate(1, text, Tone.GRID, *place)

    def _grid_anchor(self, row: int, block: View) -> tuple[float, float]:
        """The grid's own middle; when that is far off, a point of the part that is in the block."""
        x, y = self._ground.grids.anchors[row].tolist()
        x_min, y_min, x_max, y_max = block.bounds(-BLOCK_PX)
        if x_min <= x <= x_max and y_min <= y <= y_max:
            return x, y
        return self._ground.point_of_grid_in(row, (x_min, y_min, x_max, y_max)) or (x, y)

    def _street_candidates(self, block: View) -> Iterator[Candidate]:
        streets = self._ground.streets
        if block.zoom < STREET_NAMES_FROM[0] or not len(streets.ranks):
            return
        for row in overlapping(streets.bounds, block.bounds()).tolist():
            rank, text = int(streets.ranks[row]), streets.names[row]
            if not text or block.zoom < STREET_NAMES_FROM[rank]:
                continue
            tone = Tone.MAIN_ROAD if rank == 0 else Tone.STREET
            width = self._lettering.width(text, tone)
            for x, y, turn_deg in along_line(streets.ways[row], width * LOCAL_SCALE / block.scale, block.scale):
                yield Candidate(
                    (2, 3, 5)[rank],
                    text,
                    tone,
                    x / LOCAL_SCALE + self._ground.origin[0],
                    y / LOCAL_SCALE + self._ground.origin[1],
                    turn_deg,
                )

    def _spot_candidates(self, block: View, clusters: Clusters) -> Iterator[Candidate]:
        below = NAME_BELOW_PX / block.scale
        for points in self._points():
            layer, features = points.layer, points.features
            is_near = max(layer.names_from, layer.zoom_from) <= block.zoom <= layer.zoom_to
            if not is_near or not features.is_named:
                continue
            at = points.within(block.bounds())
            at = at[~clusters.hides(points.x[at], points.y[at])]
            for place in at[:MOST_CANDIDATES].tolist():
                text = features.name(int(points.rows[place]))
                yield Candidate(SPOT_RANK, text, Tone.PLACE, float(points.x[place]), float(points.y[place]) + below)


def plan_key(view: View) -> PlanKey:
    return view.zoom, floor(view.left / BLOCK_PX), floor(view.top / BLOCK_PX), view.width, view.height


def _around(cells: tuple[Cells, ...]) -> Cells:
    bits = 0
    for _, _, own in cells:
        bits |= own
    return min(first for first, _, _ in cells), max(last for _, last, _ in cells), bits


def bare_plan(view: View) -> NamesPlan:
    """A plan without names: for a map that shows none, or has none yet."""
    empty = Occupancy(view.width, view.height)
    return NamesPlan(plan_key(view), (), view.left, view.top, empty, empty, (), (), (), ())


def along_line(way: Way, width: float, px_scale: float) -> Iterator[tuple[float, float, int]]:
    """Middles (local units) and turns at which a text of `width` local units lies straight on a line.

    Places are fractions 1/2, then 1/4 and 3/4 … of the length: they do not move while the view pans."""
    length = way.length
    if length < width * 1.15:
        return
    apart = max(REPEAT_PX * LOCAL_SCALE / px_scale, 2 * width)
    count = 2 ** floor(log2(max(1.0, length / apart)))
    for number in range(count):
        middle = length * (number + 0.5) / count
        (x_from, y_from), (x_to, y_to) = way.at(middle - width / 2), way.at(middle + width / 2)
        dx, dy = x_to - x_from, y_to - y_from
        if hypot(dx, dy) < STRAIGHT * width:
            continue
        turn = round(degrees(atan2(dy, dx)) / TURN_STEP_DEG) * TURN_STEP_DEG
        turn = turn - 180 if turn > 90 else turn + 180 if turn <= -90 else turn
        yield (x_from + x_to) / 2, (y_from + y_to) / 2, turn


def _block_view(view: View, key: PlanKey) -> View:
    """The view that covers every view of this block, and a margin in which names may begin."""
    _, column, row, width, height = key
    left, top = (column - 0.5) * BLOCK_PX, (row - 0.5) * BLOCK_PX
    full_w, full_h = width + 2 * BLOCK_PX, height + 2 * BLOCK_PX
    scale = TILE_PX * 2.0**view.zoom
    return View((left + full_w / 2) / scale, (top + full_h / 2) / scale, view.zoom, full_w, full_h)
