"""What of layers is shown one by one, as a number, or named: plates never overlap, and no name lies on one."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from console.layers.features import Features, Geometry
from console.layers.first_style import first_style
from console.layers.layer import FileSource, Layer, LayerId
from tests.ui.test_map_layers import no_overlaps, overlap
from ui.map.clusters import CLUSTER_FROM, PLATE_HEIGHT_PX, Clusters, cells_over, plate_width_px
from ui.map.declutter import Rect
from ui.map.detail import Detail
from ui.map.ground import Ground
from ui.map.layer_data import LayerPoints, Shown, made_ready
from ui.map.lettering import Lettering
from ui.map.names import NamePlan, bare_plan
from ui.map.palette import DARK
from ui.map.projection import world_of
from ui.map.unit_frame import Emphasis, UnitFrame
from ui.map.unit_labels import UnitLabels, calm_wishes
from ui.map.view import View

ZOOM = 15.0
VIEW = View(*world_of(lat=23.0, lon=113.0), ZOOM, 900, 600)


def points(
    lat: list[float], lon: list[float], *, symbols_from: float = 14.0, name_column: str = "name", key: str = "a"
) -> LayerPoints:
    count = len(lat)
    names = np.array([f"{key}{row}号点位" for row in range(count)], object)
    features = Features(
        Geometry.POINT, names, np.array(lat), np.array(lon), columns={"name": names}, name_column=name_column
    )
    layer = Layer(
        id=LayerId(key), name=key, topic="t", source=FileSource(path=key), style=first_style(0),
        symbols_from=symbols_from, names_from=symbols_from,
    )  # fmt: skip
    ready = made_ready(Shown(layer, features))
    assert isinstance(ready, LayerPoints)
    return ready


def plate_rects(clusters: Clusters, scale: float) -> list[Rect]:
    rects = []
    for plate in clusters.plates(scale):
        px, py = VIEW.screen_of(plate.x, plate.y)
        width, height = plate_width_px(plate.count) * scale, PLATE_HEIGHT_PX * scale
        rects.append((px - width / 2 + 0.01, py - height / 2 + 0.01, width - 0.02, height - 0.02))
    return rects


places = st.lists(st.tuples(st.floats(22.99, 23.01), st.floats(112.985, 113.015)), min_size=1, max_size=400)


@given(places, places, st.sampled_from([1.0, 1.1, 1.4]))
@settings(max_examples=40, deadline=None)
def test_nothing_is_lost_between_singles_and_plates_and_no_plates_overlap(
    first: list[tuple[float, float]], second: list[tuple[float, float]], scale: float
) -> None:
    layers = [
        points([lat for lat, _ in some], [lon for _, lon in some], key=key)
        for key, some in (("a", first), ("b", second))
    ]
    clusters = Clusters(layers, cells_over(ZOOM, VIEW.bounds(64.0)))
    shown = sum(len(clusters.singles(counted)) for counted in clusters.counted)
    plates = clusters.plates(scale)
    assert shown + sum(plate.count for plate in plates) == sum(len(counted.at) for counted in clusters.counted)
    assert all(plate.count >= CLUSTER_FROM for plate in plates)
    assert no_overlaps(plate_rects(clusters, scale))


def test_a_layer_far_off_is_not_counted_and_a_crowd_hides_its_members() -> None:
    crowd = [23.0] * CLUSTER_FROM, [113.0] * CLUSTER_FROM
    near, far = points([*crowd[0], 23.005], [*crowd[1], 113.005]), points(*crowd, symbols_from=18.0, key="far")
    clusters = Clusters([near, far], cells_over(ZOOM, VIEW.bounds()))
    assert [counted.points for counted in clusters.counted] == [near]
    (plate,) = clusters.plates(1.0)
    assert (plate.count, plate.points) == (CLUSTER_FROM, near)
    x, y = (
        np.array(axis) for axis in zip(world_of(lat=23.0, lon=113.0), world_of(lat=23.005, lon=113.005), strict=True)
    )
    assert clusters.hides(x, y).tolist() == [True, False]
    assert not Clusters([], cells_over(ZOOM, VIEW.bounds())).plates(1.0)


@pytest.mark.usefixtures("qapp")
def test_names_keep_off_plates_and_nothing_is_named_that_is_only_counted_or_has_no_name() -> None:
    roll = np.random.default_rng(3)
    lat, lon = 23.0 + roll.normal(0, 0.004, 300), 113.0 + roll.normal(0, 0.006, 300)
    layer = points(lat.tolist(), lon.tolist())
    lettering = Lettering(DARK, pixel_ratio=1.0, scale=1.0)
    placed = NamePlan(replace(Ground(), layers=(layer,)), lettering, lambda _: "").plan(VIEW).names
    assert len(placed) > 5
    clusters = Clusters([layer], cells_over(ZOOM, VIEW.bounds(300.0)))
    rects = plate_rects(clusters, 1.0)
    assert len(rects) > 3
    assert not any(overlap(rect, plate) for name in placed for rect in name.rects(VIEW) for plate in rects)
    counted = {layer.features.name(int(layer.rows[at])) for one in clusters.counted for at in clusters.singles(one)}
    assert {name.candidate.text for name in placed} <= counted
    nameless = points(lat.tolist(), lon.tolist(), name_column="")
    assert not NamePlan(replace(Ground(), layers=(nameless,)), lettering, lambda _: "").plan(VIEW).names


@pytest.mark.usefixtures("qapp")
def test_no_label_of_a_unit_lies_on_a_plate() -> None:
    spread = np.random.default_rng(3)
    layer = points((23.0 + spread.normal(0, 0.002, 300)).tolist(), (113.0 + spread.normal(0, 0.002, 300)).tolist())
    lettering = Lettering(DARK, pixel_ratio=1.0, scale=1.0)
    plan = NamePlan(replace(Ground(), layers=(layer,)), lettering, lambda _: "").plan(VIEW)
    rects = plate_rects(Clusters([layer], cells_over(ZOOM, VIEW.bounds(300.0))), 1.0)
    beside = np.array([rect[:2] for rect in rects])  # units at the corners of plates
    rows = np.arange(len(rects))
    frame = UnitFrame(
        VIEW, rows, beside[:, 0], beside[:, 1], np.zeros(len(rows), np.uint8), np.zeros(len(rows), np.bool_),
        Detail.LABELS, 6.0, 1, 0.0,
    )  # fmt: skip
    placed, covering = (
        [label.rect for label in labels.place(frame, Emphasis(), names).labels]
        for names in (plan, bare_plan(VIEW))
        for labels in (UnitLabels(lettering, lambda row, _: f"网格员 {row}", calm_wishes),)
    )
    assert any(overlap(rect, plate) for rect in covering for plate in rects), "some would lie on plates"
    assert placed
    assert not any(overlap(rect, plate) for rect in placed for plate in rects)


@pytest.mark.usefixtures("qapp")
def test_areas_of_a_layer_are_named_once_where_there_is_room() -> None:
    square = shapely.box(112.99, 22.99, 113.01, 23.01)
    names = np.array(["石排镇", "小区"], object)
    shapes = np.array([square, shapely.box(113.0, 23.0, 113.0002, 23.0002)], object)
    features = Features(
        Geometry.POLYGON, names, np.array([23.0, 23.0]), np.array([113.0, 113.0]), shapes, {"name": names}, "name"
    )
    ready = []
    for key in ("one", "other"):
        layer = Layer(id=LayerId(key), name=key, topic="t", source=FileSource(path=key), style=first_style(0))
        ready.append(made_ready(Shown(layer, features)))
    plan = NamePlan(replace(Ground(), layers=tuple(ready)), Lettering(DARK, pixel_ratio=1.0, scale=1.0), lambda _: "")
    assert [name.candidate.text for name in plan.plan(VIEW).names] == ["石排镇"]
    assert not plan.plan(replace(VIEW, zoom=8.0)).names
    beside = View(*world_of(lat=23.0095, lon=113.0095), 18.0, 400, 300)
    (name,) = plan.plan(beside).names
    left, top, right, bottom = beside.bounds(150.0)
    assert left < name.candidate.x < right
    assert top < name.candidate.y < bottom
