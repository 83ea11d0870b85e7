"""The ground: an area's static map made ready to draw. Built once per area, on the tile worker; never changed after.

Lines and outlines are in *local* units: pixels at REFERENCE_ZOOM counted from `Ground.origin`, so that doubles keep
millimetres and one painter transform brings them to any zoom.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF

from comms.domain.ids import JurisdictionId
from comms.domain.jurisdiction import parent
from comms.protocol.area import Area, Grid, Street
from ui.map.projection import TILE_PX, Floats, world_of, worlds_of

REFERENCE_ZOOM = 16
LOCAL_SCALE = float(TILE_PX * 2**REFERENCE_ZOOM)
"""Local units in one world unit."""
SEAM = 2e-8
"""World units (0.8 m) by which neighbouring grids may miss each other and still be joined into one village."""
SAME = 2e-9
"""World units (8 cm) within which two border points are one."""
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Outlines:
    """Closed shapes with their names. `bounds` (n, 4) and `anchors` (n, 2) are in world units."""

    ids: tuple[JurisdictionId, ...]
    names: tuple[str, ...]
    paths: tuple[QPainterPath, ...]
    bounds: Floats
    anchors: Floats


@dataclass(frozen=True, slots=True)
class Borders:
    """Boundary lines, each once however many shapes share it, so that dashes stay dashes. `bounds` (n, 4) world."""

    lines: tuple[QPolygonF, ...]
    bounds: Floats


@dataclass(frozen=True, slots=True)
class Streets:
    """Centre lines. `ways` measure them; `bounds` (n, 4) world; `ranks` 0 main road, 1 street, 2 lane."""

    names: tuple[str, ...]
    ranks: NDArray[np.uint8]
    lines: tuple[QPolygonF, ...]
    ways: tuple["Way", ...]
    bounds: Floats


@dataclass(frozen=True, slots=True)
class Way:
    """A line to go along, in local units. Plain lists: for a handful of points they beat arrays by far."""

    x: list[float]
    y: list[float]
    reached: list[float]
    """Length from the start to each point."""

    @property
    def length(self) -> float:
        return self.reached[-1]

    def at(self, distance: float) -> tuple[float, float]:
        """The point so far along, which must lie on the line."""
        index = min(max(1, bisect_right(self.reached, distance)), len(self.reached) - 1)
        step = self.reached[index] - self.reached[index - 1]
        share = (distance - self.reached[index - 1]) / step if step else 0.0
        x, y = self.x[index - 1], self.y[index - 1]
        return x + share * (self.x[index] - x), y + share * (self.y[index] - y)


def way_of(points: Floats) -> Way:
    """`points` (m, 2) with m at least 2."""
    steps = np.hypot(*np.diff(points, axis=0).T)
    return Way(points[:, 0].tolist(), points[:, 1].tolist(), [0.0, *np.cumsum(steps).tolist()])


@dataclass(frozen=True, slots=True)
class Spots:
    """Cameras or key places, sorted by x so that a tile is one slice. `marks` is what a symbol may carry."""

    x: Floats
    y: Floats
    names: tuple[str, ...]
    marks: tuple[str, ...]
    headings_deg: Floats

    def within(self, box: tuple[float, float, float, float]) -> Rows:
        first, last = np.searchsorted(self.x, (box[0], box[2]))
        y = self.y[first:last]
        rows: Rows = np.flatnonzero((y >= box[1]) & (y <= box[3])) + first
        return rows


def _no_outlines() -> Outlines:
    return Outlines((), (), (), np.zeros((0, 4)), np.zeros((0, 2)))


def _no_borders() -> Borders:
    return Borders((), np.zeros((0, 4)))


def _no_spots() -> Spots:
    return Spots(np.zeros(0), np.zeros(0), (), (), np.zeros(0))


@dataclass(frozen=True, slots=True)
class Ground:
    """All of it. `tree` answers which grid a place lies in."""

    origin: tuple[float, float] = (0.0, 0.0)
    grids: Outlines = field(default_factory=_no_outlines)
    villages: Outlines = field(default_factory=_no_outlines)
    grid_borders: Borders = field(default_factory=_no_borders)
    village_borders: Borders = field(default_factory=_no_borders)
    land: QPainterPath = field(default_factory=QPainterPath)
    streets: Streets = field(default_factory=lambda: Streets((), np.zeros(0, np.uint8), (), (), np.zeros((0, 4))))
    cameras: Spots = field(default_factory=_no_spots)
    places: Spots = field(default_factory=_no_spots)
    tree: Any = None

    def grid_at(self, x: float, y: float) -> int | None:
        """Index of the grid that holds a world point."""
        if self.tree is None:
            return None
        found = self.tree.query(shapely.Point(x, y), predicate="intersects")
        return int(found[0]) if len(found) else None

    def point_of_grid_in(self, row: int, box: tuple[float, float, float, float]) -> tuple[float, float] | None:
        """A point inside the part of a grid that lies in a box."""
        part = shapely.clip_by_rect(self.tree.geometries[row], *box)
        point = part.point_on_surface()
        return None if point.is_empty else (point.x, point.y)


def overlapping(bounds: Floats, box: tuple[float, float, float, float]) -> Rows:
    """Rows of `bounds` (n, 4) that touch a box, both (x_min, y_min, x_max, y_max)."""
    return np.flatnonzero(
        (bounds[:, 0] <= box[2]) & (bounds[:, 2] >= box[0]) & (bounds[:, 1] <= box[3]) & (bounds[:, 3] >= box[1])
    )


def build_ground(area: Area, village_names: Mapping[JurisdictionId, str]) -> Ground:
    """Takes some 20 ms for a town of 200 grids and 0.6 s for 10,000."""
    south, west, north, east = area.bounds
    origin = world_of(lat=(south + north) / 2, lon=(west + east) / 2)
    grids = [grid for grid in area.grids if grid.rings and len(grid.rings[0]) >= 3]
    shapes = [_polygon(grid) for grid in grids]
    villages = _join(shapes, [parent(grid.jurisdiction_id) or grid.jurisdiction_id for grid in grids])
    whole = shapely.union_all(list(villages.values())).buffer(SEAM, join_style="mitre") if villages else None
    return Ground(
        origin=origin,
        grids=_outlines([grid.jurisdiction_id for grid in grids], [grid.name for grid in grids], shapes, origin),
        villages=_outlines(
            list(villages), [village_names.get(key, "") for key in villages], list(villages.values()), origin
        ),
        grid_borders=_borders(shapes, origin),
        village_borders=_borders(list(villages.values()), origin),
        land=_path(whole, origin) if whole is not None else QPainterPath(),
        streets=_streets(area.streets, origin),
        cameras=_spots((camera.lat, camera.lon, camera.name, "", camera.heading_deg) for camera in area.cameras),
        places=_spots((place.lat, place.lon, place.name, place.category[:1], None) for place in area.places),
        tree=shapely.STRtree(shapes) if shapes else None,
    )


def _polygon(grid: Grid) -> Any:
    rings = [np.column_stack(worlds_of(lat=points[:, 0], lon=points[:, 1])) for points in map(np.array, grid.rings)]
    polygon = shapely.Polygon(rings[0], [ring for ring in rings[1:] if len(ring) >= 3])
    return polygon if polygon.is_valid else shapely.make_valid(polygon)


def _join(shapes: Sequence[Any], owners: Sequence[JurisdictionId]) -> dict[JurisdictionId, Any]:
    members: dict[JurisdictionId, list[Any]] = {}
    for shape, owner in zip(shapes, owners, strict=True):
        members.setdefault(owner, []).append(shape)
    return {
        owner: shapely.union_all([shape.buffer(SEAM, join_style="mitre") for shape in own]).buffer(
            -SEAM, join_style="mitre"
        )
        for owner, own in members.items()
    }


def _outlines(
    ids: Iterable[JurisdictionId], names: Iterable[str], shapes: Sequence[Any], origin: tuple[float, float]
) -> Outlines:
    if not shapes:
        return _no_outlines()
    centres = [shape.centroid if shape.contains(shape.centroid) else shape.point_on_surface() for shape in shapes]
    return Outlines(
        ids=tuple(ids),
        names=tuple(names),
        paths=tuple(_path(shape, origin) for shape in shapes),
        bounds=np.array([shape.bounds for shape in shapes], np.float64),
        anchors=np.array([(point.x, point.y) for point in centres], np.float64),
    )


def _borders(shapes: Sequence[Any], origin: tuple[float, float]) -> Borders:
    """Segments that two rings share are kept once, then joined into lines as long as they go."""
    rings = [shapely.get_coordinates(ring) for shape in shapes for ring in shapely.get_rings(shape)]
    if not rings:
        return _no_borders()
    ends = np.concatenate([np.column_stack((ring[:-1], ring[1:])) for ring in rings])
    is_backward = (ends[:, 0] > ends[:, 2]) | ((ends[:, 0] == ends[:, 2]) & (ends[:, 1] > ends[:, 3]))
    ends[is_backward] = ends[is_backward][:, [2, 3, 0, 1]]
    _, first = np.unique(np.rint(ends / SAME), axis=0, return_index=True)
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(ends[first].reshape(-1, 2, 2))))
    return Borders(
        lines=tuple(_polyline((shapely.get_coordinates(line) - origin) * LOCAL_SCALE) for line in merged),
        bounds=shapely.bounds(merged),
    )


def _path(shape: Any, origin: tuple[float, float]) -> QPainterPath:
    """A shape with its holes (odd-even fill)."""
    path = QPainterPath()
    for part in shapely.get_parts(shape):
        if part.geom_type != "Polygon":
            continue  # a repaired outline may leave stray lines
        for ring in (part.exterior, *part.interiors):
            path.addPolygon(_polyline((shapely.get_coordinates(ring) - origin) * LOCAL_SCALE))
            path.closeSubpath()
    return path


def _polyline(points: Floats) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def _streets(streets: Sequence[Street], origin: tuple[float, float]) -> Streets:
    drawn = [street for street in streets if len(street.line) >= 2]
    if not drawn:
        return Streets((), np.zeros(0, np.uint8), (), (), np.zeros((0, 4)))
    worlds = [np.column_stack(worlds_of(lat=line[:, 0], lon=line[:, 1])) for line in (np.array(s.line) for s in drawn)]
    points = tuple((world - origin) * LOCAL_SCALE for world in worlds)
    return Streets(
        names=tuple(street.name for street in drawn),
        ranks=np.array([min(2, max(0, street.rank)) for street in drawn], np.uint8),
        lines=tuple(_polyline(line) for line in points),
        ways=tuple(way_of(line) for line in points),
        bounds=np.array([(*world.min(axis=0), *world.max(axis=0)) for world in worlds], np.float64),
    )


def _spots(rows: Iterable[tuple[float, float, str, str, float | None]]) -> Spots:
    listed = list(rows)
    if not listed:
        return _no_spots()
    x, y = worlds_of(lat=[row[0] for row in listed], lon=[row[1] for row in listed])
    order = np.argsort(x, kind="stable")
    return Spots(
        x=x[order],
        y=y[order],
        names=tuple(listed[index][2] for index in order),
        marks=tuple(listed[index][3] for index in order),
        headings_deg=np.array([np.nan if row[4] is None else row[4] for row in listed], np.float64)[order],
    )
