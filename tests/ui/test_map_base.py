"""Base maps: tiles from real servers and files lie where they belong, at any zoom and datum; trouble is quiet."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from math import floor
from pathlib import Path
from typing import Any

import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from comms.domain.datum import Datum, convert
from console.layers.base_map import BUILT_IN, Matrix, Provider, Scheme, tile_address
from tests.support.tile_server import TileServer, colour_of, encoded, picture, tile_server
from ui.map.base.base_layer import BaseLayer
from ui.map.base.net_source import MOST_IN_FLIGHT, NetSource
from ui.map.base.opening import open_base
from ui.map.projection import place_of, world_of
from ui.map.view import View

make_writer: Any = Writer
LAT, LON = 23.02, 113.75
CORNERS = (0.06, 0.3, 0.7, 0.94)
GROUND = QColor("#102030")


@pytest.fixture
def server(qtbot: QtBot) -> Iterator[TileServer]:
    with tile_server() as made:
        yield made


def _view(zoom: float, lat: float = LAT, lon: float = LON) -> View:
    x, y = world_of(lat=lat, lon=lon)
    return View(x, y, zoom, 500, 360)


def _frame(base: BaseLayer, view: View, pixel_ratio: float = 1.0) -> QImage:
    image = QImage(
        round(view.width * pixel_ratio), round(view.height * pixel_ratio), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.setDevicePixelRatio(pixel_ratio)
    image.fill(GROUND)
    painter = QPainter(image)
    base.paint(painter, view, pixel_ratio)
    painter.end()
    return image


def _settled(qtbot: QtBot, base: BaseLayer, view: View, pixel_ratio: float = 1.0) -> QImage:
    """Frames until every tile is there and drawn smoothly."""
    frames = [_frame(base, view, pixel_ratio)]

    def is_done() -> bool:
        frames.append(_frame(base, view, pixel_ratio))
        return base.is_complete

    qtbot.waitUntil(is_done)
    for _ in range(4):
        frames.append(_frame(base, view, pixel_ratio))
    return frames[-1]


def _is_near(image: QImage, px: float, py: float, wanted: tuple[int, int, int], tolerance: int = 14) -> bool:
    ratio = image.devicePixelRatio()
    colour = image.pixelColor(floor(px * ratio), floor(py * ratio))
    return all(
        abs(a - b) <= tolerance for a, b in zip((colour.red(), colour.green(), colour.blue()), wanted, strict=True)
    )


def _assert_in_place(image: QImage, view: View, level: int, *, shift: tuple[float, float] = (0.0, 0.0)) -> int:
    """Each tile's colour away from its middle, where its number is. Gives how many places were looked at."""
    seen = 0
    side = view.scale / 2**level
    left, top = view.left + shift[0] * view.scale, view.top + shift[1] * view.scale
    for x in range(floor(left / side), floor((left + view.width) / side) + 1):
        for y in range(floor(top / side), floor((top + view.height) / side) + 1):
            for u in CORNERS:
                for v in CORNERS:
                    px, py = (x + u) * side - left, (y + v) * side - top
                    if 0 <= px < view.width and 0 <= py < view.height:
                        assert _is_near(image, px, py, colour_of(level, x, y)), (x, y, px, py)
                        seen += 1
    assert seen >= 4
    return seen


def _xyz(server: TileServer, **more: Any) -> Provider:
    return Provider(id="xyz", name="小样", sources=(server.origin + "/{z}/{x}/{y}.png",), **more)


def _tile_at(level: int) -> tuple[int, int, int]:
    x, y = world_of(lat=LAT, lon=LON)
    return level, floor(x * 2**level), floor(y * 2**level)


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Callable[[Provider], BaseLayer]]:
    """Opens base maps, and closes them behind the test."""
    made: list[BaseLayer] = []

    def open_one(provider: Provider, cache: Path | None = None) -> BaseLayer:
        made.append(open_base(provider, None, cache=cache))
        return made[-1]

    yield open_one
    for base in made:
        base.stop()
        base.deleteLater()


@pytest.mark.parametrize(
    ("zoom", "level", "ratio"), [(14.0, 14, 1.0), (14.25, 14, 1.0), (13.5, 14, 1.0), (13.0, 14, 2.0)]
)
def test_xyz_tiles_lie_where_they_belong(
    qtbot: QtBot, server: TileServer, opened: Callable[..., BaseLayer], zoom: float, level: int, ratio: float
) -> None:
    server.draw_levels(level, around=_tile_at(level))
    view = _view(zoom)
    image = _settled(qtbot, opened(_xyz(server)), view, ratio)
    _assert_in_place(image, view, level)
    assert server.most_at_once <= MOST_IN_FLIGHT


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09, Datum.CGCS2000])
def test_tiles_of_another_datum_are_moved_under_wgs84(
    qtbot: QtBot, server: TileServer, opened: Callable[..., BaseLayer], datum: Datum
) -> None:
    server.draw_levels(16, around=_tile_at(16))
    view = _view(16.0)
    lat, lon = convert(LAT, LON, source=Datum.WGS84, target=datum)
    x, y = world_of(lat=float(lat), lon=float(lon))
    image = _settled(qtbot, opened(_xyz(server, datum=datum)), view)
    _assert_in_place(image, view, 16, shift=(x - view.x, y - view.y))
    assert (abs(x - view.x) > 1e-6) is (datum is not Datum.CGCS2000)


def test_a_tile_that_does_not_exist_shows_its_parent(
    qtbot: QtBot, server: TileServer, opened: Callable[..., BaseLayer]
) -> None:
    server.draw_levels(13, around=_tile_at(13))
    tile = _tile_at(13)
    lat, lon = place_of((tile[1] + 1) / 2**13, (tile[2] + 1) / 2**13)
    view = _view(14.0, lat, lon)
    image = _settled(qtbot, opened(_xyz(server)), view)
    _assert_in_place(image, view, 13)


def test_nearer_than_the_finest_level_tiles_are_enlarged(
    qtbot: QtBot, server: TileServer, opened: Callable[..., BaseLayer]
) -> None:
    server.draw_levels(12, around=_tile_at(12))
    view = _view(15.0)
    image = _settled(qtbot, opened(_xyz(server, zoom_to=12)), view)
    assert _is_near(image, 250, 20, colour_of(*_tile_at(12))) or _is_near(image, 250, 340, colour_of(*_tile_at(12)))


def _wmts(server: TileServer, matrix: Matrix) -> Provider:
    """天地图 as it is built in, at this server."""
    built_in = next(one for one in BUILT_IN if one.matrix is matrix)
    sources = tuple(source.replace("https://t{s}.tianditu.gov.cn", server.origin) for source in built_in.sources[:1])
    return Provider(
        id="wmts", name="天地图", sources=sources, key="k1", matrix=matrix, datum=built_in.datum, zoom_from=1
    )


def test_wmts_in_web_mercator_with_its_key(qtbot: QtBot, server: TileServer, opened: Callable[..., BaseLayer]) -> None:
    server.draw_levels(14, around=_tile_at(14))
    view = _view(14.25)
    _assert_in_place(_settled(qtbot, opened(_wmts(server, Matrix.WEB_MERCATOR)), view), view, 14)
    assert server.keys == {"k1"}


@pytest.mark.parametrize("zoom", [9.0, 14.0, 14.75])
def test_wmts_in_degrees_is_redrawn_for_the_screen(
    qtbot: QtBot, server: TileServer, opened: Callable[..., BaseLayer], zoom: float
) -> None:
    level = floor(zoom + 0.5)
    tiles = 2**level
    server.draw_levels(level, around=(level, floor((LON + 180) / 360 * tiles), floor((90 - LAT) / 360 * tiles)))
    view = _view(zoom)
    image = _settled(qtbot, opened(_wmts(server, Matrix.GEOGRAPHIC)), view)
    seen = 0
    for px in range(5, 500, 37):
        for py in range(5, 360, 31):
            lat, lon = view.place_at(px + 0.5, py + 0.5)
            column, row = (lon + 180) / 360 * tiles, (90 - lat) / 360 * tiles
            if all(0.05 < part % 1 < 0.95 for part in (column, row)) and not 0.35 < row % 1 < 0.65:
                assert _is_near(image, px, py, colour_of(level, floor(column), floor(row))), (px, py)
                seen += 1
    assert seen > 60


def _write_mbtiles(path: Path, level: int, picture_format: str = "png") -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        database.execute("CREATE TABLE tiles (zoom_level INT, tile_column INT, tile_row INT, tile_data BLOB)")
        database.execute("INSERT INTO metadata VALUES ('format', ?)", (picture_format,))
        for z, x, y in _around(level):
            row = (z, x, 2**z - 1 - y, encoded(picture(z, x, y)))
            database.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", row)
        database.commit()


def _around(level: int, reach: int = 3) -> list[tuple[int, int, int]]:
    z, x, y = _tile_at(level)
    return [(z, x + dx, y + dy) for dx in range(-reach, reach + 1) for dy in range(-reach, reach + 1)]


def _write_pmtiles(path: Path, level: int) -> None:
    with path.open("wb") as file:
        writer = make_writer(file)
        tiles = sorted((zxy_to_tileid(*tile), tile) for tile in _around(level))
        for tile_id, tile in tiles:
            writer.write_tile(tile_id, encoded(picture(*tile)))
        writer.finalize(
            {
                "tile_type": TileType.PNG, "tile_compression": Compression.NONE, "min_zoom": level, "max_zoom": level,
                "min_lon_e7": 0, "min_lat_e7": 0, "max_lon_e7": 0, "max_lat_e7": 0, "center_zoom": level,
                "center_lon_e7": 0, "center_lat_e7": 0,
            },
            {},
        )  # fmt: skip


@pytest.mark.parametrize("zoom", [14.0, 14.25])
@pytest.mark.parametrize(("scheme", "write"), [(Scheme.MBTILES, _write_mbtiles), (Scheme.PMTILES, _write_pmtiles)])
def test_files_are_drawn_like_servers(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., BaseLayer], scheme: Scheme,
    write: Callable[[Path, int], None], zoom: float,
) -> None:  # fmt: skip
    path = tmp_path / "离线地图.tiles"
    write(path, 14)
    view = _view(zoom)
    base = opened(Provider(id="file", name="离线", scheme=scheme, sources=(str(path),)))
    _assert_in_place(_settled(qtbot, base, view), view, 14)


@pytest.mark.parametrize("scheme", [Scheme.MBTILES, Scheme.PMTILES])
def test_a_file_that_is_no_map_is_said_once(
    qtbot: QtBot, tmp_path: Path, opened: Callable[..., BaseLayer], scheme: Scheme
) -> None:
    path = tmp_path / "no.map"
    path.write_bytes(b"nothing of the kind" * 100)
    for source in (path, tmp_path / "missing"):
        base = opened(Provider(id="file", name="离线", scheme=scheme, sources=(str(source),)))
        with qtbot.waitSignal(base.troubled) as said:
            _frame(base, _view(14.0))
        assert said.args is not None
        assert said.args[0]


def test_vector_tiles_are_refused(qtbot: QtBot, tmp_path: Path, opened: Callable[..., BaseLayer]) -> None:
    path = tmp_path / "vector.mbtiles"
    _write_mbtiles(path, 14, "pbf")
    base = opened(Provider(id="file", name="离线", scheme=Scheme.MBTILES, sources=(str(path),)))
    with qtbot.waitSignal(base.troubled):
        _frame(base, _view(14.0))


def test_what_was_seen_is_kept_on_disk(
    qtbot: QtBot, server: TileServer, opened: Callable[..., BaseLayer], tmp_path: Path
) -> None:
    server.draw_levels(14, around=_tile_at(14))
    view = _view(14.0)
    _settled(qtbot, opened(_xyz(server), tmp_path), view)
    asked = len(server.asked)
    image = _settled(qtbot, opened(_xyz(server), tmp_path), view)
    _assert_in_place(image, view, 14)
    assert len(server.asked) == asked


def test_tiles_out_of_view_leave_the_queue(qtbot: QtBot, server: TileServer, opened: Callable[..., BaseLayer]) -> None:
    server.draw_levels(15, around=_tile_at(15))
    server.gate.clear()
    base = opened(_xyz(server))
    here, elsewhere = _view(15.0), _view(15.0, lat=LAT + 3.0)
    _frame(base, elsewhere)
    _frame(base, here)
    server.gate.set()
    _assert_in_place(_settled(qtbot, base, here), here, 15)
    far = [tile for tile in server.asked if abs(tile[2] - _tile_at(15)[2]) > 20]
    assert len(far) <= MOST_IN_FLIGHT


def test_network_cut_while_panning_is_one_notice_and_no_storm(qtbot: QtBot) -> None:
    with tile_server() as server:
        server.draw_levels(14, around=_tile_at(14))
        provider = _xyz(server)
        source = NetSource(provider, None, first_pause_ms=30)
        base = BaseLayer(provider, source)
        view = _view(14.0)
        before = _settled(qtbot, base, view)
    said: list[str] = []
    base.troubled.connect(said.append)
    tries: list[int] = []
    for step in range(40):
        _frame(base, view.panned(-40.0 * step, 0.0))
        qtbot.wait(1)
        tries.append(source.in_flight)
    qtbot.waitUntil(lambda: said == ["unreachable"])
    assert max(tries) <= MOST_IN_FLIGHT
    assert _frame(base, view) == before, "what was there stays"
    base.stop()
    base.deleteLater()


def test_tiles_come_again_by_themselves(qtbot: QtBot, server: TileServer) -> None:
    server.draw_levels(14, around=_tile_at(14))
    server.status = 500
    provider = _xyz(server)
    source = NetSource(provider, None, first_pause_ms=30)
    base = BaseLayer(provider, source)
    said: list[str] = []
    base.troubled.connect(said.append)
    view = _view(14.0)
    _frame(base, view)
    qtbot.waitUntil(lambda: said == ["refused"])
    server.status = 200
    _assert_in_place(_settled(qtbot, base, view), view, 14)
    assert said == ["refused", ""]
    base.stop()
    base.deleteLater()


def test_addresses_of_every_form() -> None:
    provider = Provider(id="a", name="a", sources=("http://{s}/{z}/{x}/{-y}?k={key}",), hosts=("a", "b"), key="K")
    assert tile_address(provider, 0, z=3, x=1, y=2) == "http://b/3/1/5?k=K"
    assert all(one.needs_key and not one.is_ready for one in BUILT_IN)
    assert len({one.id for one in BUILT_IN}) == len(BUILT_IN)
    tianditu = tile_address(BUILT_IN[0], 1, z=10, x=835, y=443)
    assert tianditu.startswith("https://t6.tianditu.gov.cn/cva_w/wmts?")
    assert "TILEMATRIXSET=w" in tianditu
    assert "TILEMATRIX=10&TILEROW=443&TILECOL=835" in tianditu
