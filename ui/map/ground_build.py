"""Makes the ground of an area ready to draw. Runs on the tile worker."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtGui import QPolygonF

from comms.domain.grid_tree import polygons
from comms.domain.ids import JurisdictionId
from comms.domain.jurisdiction import parent
from comms.domain.pause import never
from comms.protocol.area import Area, Street
from console.gate import Unhurried
from ui.map.ground import FAR_ZOOM, NO_BORDERS, Borders, Ground, Outlines, Streets, way_of
from ui.map.outline import LOCAL_SCALE, polylines, rings_of
from ui.map.projection import TILE_PX, Floats, world_of, worlds_of

SEAM = 2e-8
"""World units (0.8 m) by which neighbouring grids may miss each other and still be joined into one village."""
FAR_PX = 0.4
SAME = 2e-9
"""World units (8 cm) within which two border points are one."""


def build_ground(
    area: Area, village_names: Mapping[JurisdictionId, str], stand_back: Callable[[], None] = never
) -> Ground:
    """Takes some 20 ms for a town of 200 grids and 1 s for 10,000. `stand_back` see `console.gate`."""
    south, west, north, east = area.bounds
    origin = world_of(lat=(south + north) / 2, lon=(west + east) / 2)
    grids = [grid for grid in area.grids if grid.rings and len(grid.rings[0]) >= 3]
    if not grids:
        return Ground(origin=origin, streets=_streets(area.streets, origin, stand_back))
    shapes = polygons([grid.rings for grid in grids], _worlds, stand_back)
    owners = [parent(grid.jurisdiction_id) or grid.jurisdiction_id for grid in grids]
    villages = _join(shapes, owners, stand_back)
    village_shapes = np.array(list(villages.values()), object)
    return Ground(
        origin=origin,
        grids=_outlines([grid.jurisdiction_id for grid in grids], [grid.name for grid in grids], shapes),
        villages=_outlines(list(villages), [village_names.get(key, "") for key in villages], village_shapes),
        trace_grids=cache(partial(_borders, shapes, origin, stand_back)),
        village_borders=_borders(village_shapes, origin, stand_back, are_seen_from_afar=True),
        land=_land(village_shapes),
        streets=_streets(area.streets, origin, stand_back),
        tree=shapely.STRtree(shapes),
    )


def _worlds(places: Floats) -> Floats:
    return np.column_stack(worlds_of(lat=places[:, 0], lon=places[:, 1]))


def _join(shapes: Any, owners: Sequence[JurisdictionId], stand_back: Callable[[], None]) -> dict[JurisdictionId, Any]:
    """Villages from their grids. Grids that fit each other exactly are joined fast, others over their seams."""
    members: dict[JurisdictionId, list[int]] = {}
    for row, owner in enumerate(owners):
        members.setdefault(owner, []).append(row)
    joined = {}
    for owner, rows in members.items():
        stand_back()
        joined[owner] = _joined(shapes[rows])
    return joined


def _land(villages: Any) -> Any:
    return _joined(villages).buffer(SEAM, join_style="mitre")


def _joined(shapes: Any) -> Any:
    """Neighbours that share their corners are joined a hundred times faster than what overlaps or nearly meets."""
    if (shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON).all():
        whole = shapely.coverage_union_all(shapes)
        if _is_sound(whole, shapes) or shapely.coverage_is_valid(shapes, SEAM):
            return whole
    return _join_over_seams(shapes)


def _is_sound(whole: Any, shapes: Any) -> bool:
    """Nothing crosses, is covered twice, or comes as near as a seam to something else: looked at in what was joined,
    which has a quarter of the borders, this takes half as long as asking whether the grids fit."""
    is_whole = bool(whole.is_valid) and np.isclose(whole.area, shapely.area(shapes).sum(), rtol=1e-9, atol=0.0)
    return bool(is_whole and shapely.minimum_clearance(whole) > SEAM)


def _join_over_seams(shapes: Any) -> Any:
    grown = shapely.buffer(shapes, SEAM, join_style="mitre")
    return shapely.union_all(grown).buffer(-SEAM, join_style="mitre")


def _outlines(ids: Iterable[JurisdictionId], names: Iterable[str], shapes: Any) -> Outlines:
    centres = shapely.centroid(shapes)
    is_outside = ~shapely.contains(shapes, centres)
    centres[is_outside] = shapely.point_on_surface(shapes[is_outside])
    return Outlines(
        ids=tuple(ids), names=tuple(names), bounds=shapely.bounds(shapes), anchors=shapely.get_coordinates(centres)
    )


def _borders(
    shapes: Any, origin: tuple[float, float], stand_back: Callable[[], None], are_seen_from_afar: bool = False
) -> Borders:
    """Segments that two rings share are kept once; what is kept of a ring in a row is one line."""
    points, ring = shapely.get_coordinates(rings_of(shapes), return_index=True)
    is_segment = ring[:-1] == ring[1:]
    is_kept = np.zeros(len(points), np.bool_)
    codes = _codes(points)
    ends = codes[:-1][is_segment], codes[1:][is_segment]
    is_kept[:-1][is_segment] = _are_first(np.minimum(*ends), np.maximum(*ends))
    before = np.concatenate(([False], is_kept[:-1]))
    is_last = np.concatenate((~is_kept[1:], [True]))
    first, last = np.flatnonzero(is_kept & ~before), np.flatnonzero(is_kept & is_last) + 1
    if not len(first):
        return NO_BORDERS
    # The last segment of a ring and the first of the next are never neighbours: between them lies a point without one.
    lengths = last - first + 1
    starts = (np.cumsum(lengths) - lengths).astype(np.intp)
    places = points[np.repeat(first - starts, lengths) + np.arange(lengths.sum())]
    bounds = np.hstack((np.minimum.reduceat(places, starts), np.maximum.reduceat(places, starts)))
    local = (places - origin) * LOCAL_SCALE
    lines = [local[start : start + length] for start, length in zip(starts.tolist(), lengths.tolist(), strict=True)]
    far = _far_lines(lines, stand_back) if are_seen_from_afar else ()
    return Borders(polylines(lines, stand_back), bounds=bounds, far_lines=far)


def _far_lines(lines: Sequence[Floats], stand_back: Callable[[], None]) -> tuple[QPolygonF, ...]:
    """What is left out lies less than FAR_PX beside the line, however near one still looks at it."""
    reach = FAR_PX * LOCAL_SCALE / (TILE_PX * 2.0**FAR_ZOOM)
    stand_back()
    shapes = shapely.linestrings(np.concatenate(lines), indices=np.repeat(np.arange(len(lines)), [*map(len, lines)]))
    points, line = shapely.get_coordinates(shapely.simplify(shapes, reach), return_index=True)
    return polylines(np.split(points, np.flatnonzero(np.diff(line)) + 1), stand_back)


def _codes(points: Floats) -> NDArray[np.int64]:
    """One number for each border point, the same for those within SAME: the world is 5e8 times as wide."""
    steps = points - points.min(axis=0, initial=np.inf)
    steps /= SAME
    codes: NDArray[np.int64] = np.rint(steps, out=steps).astype(np.int32).view(np.int64).ravel()
    return codes


def _are_first(low: NDArray[np.int64], high: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which pairs come for the first time. Sorting whole numbers is several times faster than np.unique by rows."""
    order = np.lexsort((low, high))
    before, after = order[:-1], order[1:]
    is_new = np.ones(len(order), np.bool_)
    is_new[1:] = (low[after] != low[before]) | (high[after] != high[before])
    is_first = np.zeros(len(order), np.bool_)
    is_first[order[is_new]] = True
    return is_first


def _streets(streets: Sequence[Street], origin: tuple[float, float], stand_back: Callable[[], None]) -> Streets:
    drawn = [street for street in streets if len(street.line) >= 2]
    if not drawn:
        return Streets((), np.zeros(0, np.uint8), (), (), np.zeros((0, 4)))
    lengths = [len(street.line) for street in drawn]
    worlds = _worlds(np.concatenate([np.asarray(street.line, np.float64) for street in drawn]))
    points = np.split((worlds - origin) * LOCAL_SCALE, np.cumsum(lengths)[:-1])
    starts = (np.cumsum(lengths) - lengths).astype(np.intp)
    return Streets(
        names=tuple(street.name for street in drawn),
        ranks=np.array([min(2, max(0, street.rank)) for street in drawn], np.uint8),
        lines=polylines(points, stand_back),
        ways=tuple(way_of(line) for line in Unhurried(points, stand_back)),
        bounds=np.hstack((np.minimum.reduceat(worlds, starts), np.maximum.reduceat(worlds, starts))),
    )
