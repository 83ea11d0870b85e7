"""Ground, tiles and their worker."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import shapely
import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF
from pytestqt.qtbot import QtBot

from comms.domain.ids import JurisdictionId
from comms.protocol.area import Area, Grid, Street
from console.gate import Gate
from tests.ui.map_area import AREA, SQUARE, ready_layers
from ui.map.ground import FAR_ZOOM, Ground, way_of
from ui.map.ground_build import build_ground
from ui.map.outline import LOCAL_SCALE
from ui.map.palette import DARK, LIGHT, MapPalette
from ui.map.projection import Floats, world_of
from ui.map.tile_key import TileKey, tile_box
from ui.map.tile_painter import TilePainter, TileStyle, street_width_px
from ui.map.tile_set import tile_keys
from ui.map.tiles import KEPT_SCREENS, Tiles
from ui.map.view import View

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def ground() -> Ground:
    return build_ground(AREA, {JurisdictionId("t/v1"): "东村"})


def _key_at(lat: float, lon: float, zoom: float) -> TileKey:
    x, y = world_of(lat=lat, lon=lon)
    return TileKey(round(zoom * 4), int(x * 2**zoom), int(y * 2**zoom))


def _pixel(image: QImage, key: TileKey, lat: float, lon: float) -> QColor:
    x, y = world_of(lat=lat, lon=lon)
    side = 2.0**-key.zoom
    return QColor(
        image.pixel(
            int((x / side - key.column) * image.width()),
            int((y / side - key.row) * image.height()),
        )
    )


def test_every_place_is_in_its_grid(ground: Ground) -> None:
    assert ground.grid_at(*world_of(lat=23.005, lon=113.005)) == 0
    assert ground.grid_at(*world_of(lat=23.005, lon=113.015)) == 1
    assert ground.grid_at(*world_of(lat=22.9, lon=113.0)) is None
    assert Ground().grid_at(0.5, 0.5) is None


def test_a_hole_is_outside_and_broken_outlines_are_repaired() -> None:
    ring = ((0.0, 0.0), (0.0, 0.04), (0.04, 0.04), (0.04, 0.0))
    hole = ((0.01, 0.01), (0.01, 0.03), (0.03, 0.03), (0.03, 0.01))
    bow = ((1.0, 1.0), (1.02, 1.02), (1.0, 1.02), (1.02, 1.0))
    area = Area(
        name="t",
        bounds=(0.0, 0.0, 1.1, 1.1),
        grids=(
            Grid(jurisdiction_id=JurisdictionId("t/v/g1"), name="环", rings=(ring, hole)),
            Grid(jurisdiction_id=JurisdictionId("t/v/g2"), name="结", rings=(bow,)),
            Grid(jurisdiction_id=JurisdictionId("t/v/g3"), name="点", rings=(((5.0, 5.0),),)),
            Grid(jurisdiction_id=JurisdictionId("t/v/g4"), name="空", rings=()),
        ),
        streets=(Street(name="短", rank=9, line=((0.0, 0.0),)),),
    )
    ground = build_ground(area, {})
    assert ground.grids.names == ("环", "结")
    assert ground.grid_at(*world_of(lat=0.02, lon=0.02)) is None
    assert ground.grid_at(*world_of(lat=0.005, lon=0.005)) == 0
    assert not ground.streets.names


def test_shared_borders_are_drawn_once(ground: Ground) -> None:
    def points(line: QPolygonF) -> Floats:
        return np.array([(line.at(index).x(), line.at(index).y()) for index in range(line.size())])

    drawn = sum(way_of(points(line)).length for line in ground.grid_borders.lines)
    side = SQUARE / 360 * LOCAL_SCALE
    tall = side / np.cos(np.radians(23.005))
    assert drawn == pytest.approx(4 * side + 3 * tall, rel=1e-3)
    assert len(ground.village_borders.lines) == 1


def _square(lat: float, lon: float, side: float = 0.01) -> tuple[tuple[float, float], ...]:
    return ((lat, lon), (lat, lon + side), (lat + side, lon + side), (lat + side, lon))


@pytest.mark.parametrize(
    ("second", "area"),
    [
        (_square(23.0, 113.01), 2.0),
        (_square(23.0, 113.010005), 2.0),
        (_square(23.005, 113.01), 2.0),
        (_square(23.0, 113.005), 1.5),
        (_square(23.0025, 113.0025, 0.005), 1.0),
        (_square(23.0, 113.03), 2.0),
    ],
    ids=["corners shared", "misses by half a metre", "sides shared in part", "overlaps", "within", "apart"],
)
def test_a_village_is_what_its_grids_cover(second: tuple[tuple[float, float], ...], area: float) -> None:
    grids = tuple(
        Grid(jurisdiction_id=JurisdictionId(f"t/v/g{no}"), name=f"{no}", rings=(ring,))
        for no, ring in enumerate((_square(23.0, 113.0), second))
    )
    ground = build_ground(Area(name="t", bounds=(23.0, 113.0, 23.02, 113.04), grids=grids), {})
    assert ground.land is not None
    one = (0.01 / 360) ** 2 / np.cos(np.radians(23.005))
    assert ground.land.area / one == pytest.approx(area, rel=5e-3)  # land reaches half a seam farther
    assert not any(ring for part in shapely.get_parts(ground.land) for ring in part.interiors)


def test_seen_from_afar_borders_have_fewer_points_and_lie_where_they_were() -> None:
    north = tuple((23.01 + 1e-5 * (no % 2), 113.01 - 0.0005 * no) for no in range(21))
    grid = Grid(jurisdiction_id=JurisdictionId("t/v/g1"), name="锯", rings=(((23.0, 113.0), (23.0, 113.01), *north),))
    borders = build_ground(Area(name="t", bounds=(23.0, 113.0, 23.02, 113.01), grids=(grid,)), {}).village_borders
    near, far = borders.lines_at(FAR_ZOOM + 0.25), borders.lines_at(FAR_ZOOM)
    assert [line.size() for line in near] == [24]
    assert [line.size() for line in far] == [5]
    assert far[0].boundingRect().width() == pytest.approx(near[0].boundingRect().width())


def test_a_grid_cut_by_the_view_still_has_a_point(ground: Ground) -> None:
    x_min, y_min = world_of(lat=23.002, lon=113.0)
    box = (x_min, y_min, x_min + 1e-6, y_min + 1e-6)
    point = ground.point_of_grid_in(0, box)
    assert point is not None
    assert box[0] <= point[0] <= box[2]
    assert ground.point_of_grid_in(0, (0.1, 0.1, 0.2, 0.2)) is None


def test_points_are_found_by_box() -> None:
    everywhere, cameras = (0.0, 0.0, 1.0, 1.0), ready_layers("cameras")
    assert [points.count_within(everywhere) for points in cameras] == [2]
    assert [points.layer.style.base.symbol for points in ready_layers("places")] == ["学", "出"]
    assert not any(points.count_within((0.0, 0.0, 0.1, 0.1)) for points in ready_layers("places", "cameras"))


def test_a_way_is_measured_along() -> None:
    way = way_of(np.array([[0.0, 0.0], [3.0, 4.0], [3.0, 4.0], [3.0, 10.0]]))
    assert way.length == 11.0
    assert way.at(2.5) == pytest.approx((1.5, 2.0))
    assert way.at(11.0) == pytest.approx((3.0, 10.0))
    assert way.at(0.0) == (0.0, 0.0)


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_a_tile_shows_land_street_and_ground(ground: Ground, palette: MapPalette) -> None:
    style = TileStyle(palette)
    key = _key_at(23.005, 113.005, 15)
    image = TilePainter(ground, style).draw(key)
    assert _pixel(image, key, 23.0037, 113.0037).name() == style.palette.land
    key = _key_at(23.005, 113.005, 17)
    assert _pixel(TilePainter(ground, style).draw(key), key, 23.005, 113.0053).name() == style.palette.street_fills[0]
    far = TilePainter(ground, style).draw(_key_at(40.0, 100.0, 12))
    assert QColor(far.pixel(128, 128)).name() == style.palette.ground


@pytest.mark.parametrize("zoom", [9.75, 10, 13, 15, 15.5, 16.75, 17.5])
def test_layers_show_by_zoom_and_by_choice(ground: Ground, zoom: float) -> None:
    def image(*parts: str) -> QImage:
        return TilePainter(replace(ground, layers=ready_layers(*parts)), TileStyle(DARK, pixel_ratio=1.5)).draw(key)

    key = _key_at(23.004, 113.004, zoom)
    bare = image()
    assert (image("cameras") != bare) == (zoom >= 10)
    assert (image("places") != bare) == (zoom >= 10)
    assert bare.width() == 384


def test_widths_grow_with_zoom_and_rank() -> None:
    assert street_width_px(2, 12) == 0
    assert street_width_px(0, 16) > street_width_px(1, 16) > street_width_px(2, 16) > 0
    assert street_width_px(0, 18) > street_width_px(0, 14)


def test_tile_keys_cover_the_view() -> None:
    view = View(0.8, 0.44, 14.25, 1000, 700)
    keys = tile_keys(view, 57)
    boxes = [tile_box(key) for key in keys]
    x_min, y_min, x_max, y_max = view.bounds()
    assert min(box[0] for box in boxes) <= x_min
    assert max(box[2] for box in boxes) >= x_max
    assert min(box[1] for box in boxes) <= y_min
    assert max(box[3] for box in boxes) >= y_max
    assert len(tile_keys(view, 57, ring=1)) > len(keys)


class TestTiles:
    @pytest.fixture
    def tiles(self, qtbot: QtBot) -> Iterator[Tiles]:
        parent = QObject()
        tiles = Tiles(parent, Gate())
        yield tiles
        tiles.stop()
        parent.deleteLater()

    def _settle(self, qtbot: QtBot, tiles: Tiles, view: View) -> QImage:
        image = QImage(view.width, view.height, QImage.Format.Format_RGB32)

        def is_drawn() -> bool:
            image.fill(QColor("#ff00ff"))
            painter = QPainter(image)
            tiles.want(view).draw(painter, view, 1.0, None)
            painter.end()
            return tiles.is_complete

        qtbot.waitUntil(is_drawn)
        return image

    def _view(self, zoom: float = 15.0) -> View:
        return View(*world_of(lat=23.005, lon=113.005), zoom, 500, 400)

    def test_tiles_come_and_cover_everything(self, qtbot: QtBot, tiles: Tiles) -> None:
        tiles.set_scene(area=AREA, village_names={}, style=TileStyle(DARK), is_new_area=True)
        image = self._settle(qtbot, tiles, self._view())
        assert QColor("#ff00ff").rgb() not in {image.pixel(x, y) for x in range(0, 500, 7) for y in range(0, 400, 7)}
        assert tiles.kept >= len(tile_keys(self._view(), 60))

    def test_a_missing_level_shows_the_last_one_scaled(self, qtbot: QtBot, tiles: Tiles) -> None:
        tiles.set_scene(area=AREA, village_names={}, style=TileStyle(DARK), is_new_area=True)
        self._settle(qtbot, tiles, self._view())
        tiles.stop()
        image = QImage(500, 400, QImage.Format.Format_RGB32)
        image.fill(QColor("#ff00ff"))
        painter = QPainter(image)
        tiles.want(self._view(16.0)).draw(painter, self._view(16.0), 1.0, None)
        painter.end()
        assert QColor("#ff00ff").rgb() not in {image.pixel(x, y) for x in range(0, 500, 7) for y in range(0, 400, 7)}

    def test_another_palette_replaces_every_tile_without_a_hole(self, qtbot: QtBot, tiles: Tiles) -> None:
        tiles.set_scene(area=AREA, village_names={}, style=TileStyle(DARK), is_new_area=True)
        self._settle(qtbot, tiles, self._view())
        tiles.set_scene(area=AREA, village_names={}, style=TileStyle(LIGHT), is_new_area=False)
        image = QImage(500, 400, QImage.Format.Format_RGB32)
        image.fill(QColor("#ff00ff"))
        painter = QPainter(image)
        tiles.want(self._view()).draw(painter, self._view(), 1.0, None)
        painter.end()
        assert QColor("#ff00ff").rgb() not in {image.pixel(x, y) for x in range(0, 500, 7) for y in range(0, 400, 7)}
        view = self._view()
        px, py = view.screen_at(lat=23.0037, lon=113.0037)
        assert QColor(self._settle(qtbot, tiles, view).pixel(int(px), int(py))).name() == LIGHT.land

    def test_the_cache_is_bounded(self, qtbot: QtBot, tiles: Tiles, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("ui.map.tiles.KEPT_BYTES", 40 * 4 * 256 * 256)
        tiles.set_scene(area=None, village_names={}, style=TileStyle(DARK), is_new_area=True)
        for step in range(4):
            self._settle(qtbot, tiles, self._view().panned(900.0 * step, 0))
        assert tiles.kept <= max(40, KEPT_SCREENS * (1 + len(tile_keys(self._view(), 60))))

    def test_tearing_the_map_down_in_the_middle_of_a_tile_ends_the_thread(self, qtbot: QtBot) -> None:
        before = set(threading.enumerate())
        for _ in range(5):
            parent = QObject()
            tiles = Tiles(parent, Gate())
            tiles.set_scene(area=AREA, village_names={}, style=TileStyle(DARK), is_new_area=True)
            painter = QPainter(image := QImage(500, 400, QImage.Format.Format_RGB32))
            tiles.want(self._view()).draw(painter, self._view(), 1.0, None)
            painter.end()
            assert image.width() == 500
            shiboken6.delete(parent)
            assert not {thread.name for thread in set(threading.enumerate()) - before if thread.name == "map-tiles"}

    def test_stopping_twice_and_drawing_again_is_fine(self, qtbot: QtBot, tiles: Tiles) -> None:
        tiles.stop()
        tiles.set_scene(area=AREA, village_names={}, style=TileStyle(DARK), is_new_area=True)
        tiles.stop()
        tiles.stop()
        self._settle(qtbot, tiles, self._view())
