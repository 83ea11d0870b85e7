"""Real boundaries, cameras, key places and tracks brought in through the desk. Skipped where they are not at hand."""

import gzip
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.layers.files.reading import Request
from console.layers.files.report import Reading
from tests.support.drivers import WindowDriver

PLACES = tuple(parent / "shared" / "data" for parent in Path(__file__).parents[3:5])
pytestmark = pytest.mark.real_data
EVERY = 10
FILES = {
    "boundaries/dongguan_441900_towns.geojson": ("bd09", 32),
    "boundaries/dongguan_441900_towns_poi86.geojson": ("wgs84", 33),
    "boundaries/dongguan_441900_city_datav.json": ("gcj02", 1),
    "boundaries/guangdong_440000_datav.json": ("gcj02", 22),
    "tracks/geolife_day_2009-02-17.csv.gz": ("wgs84", 69_000 // EVERY),
    "points/shanghai_poi/shanghai_hospital.csv.gz": ("wgs84", 7_400 // EVERY),
}
"""With the datum of each, and how many rows there are at least."""


def _thinned(path: Path, folder: Path) -> Path:
    """The same file with each tenth row, if it is one of rows."""
    if path.suffix != ".gz":
        return path
    head, *rows = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    (folder / path.name).write_bytes(gzip.compress(b"".join((head, *rows[::EVERY]))))
    return folder / path.name


def test_real_files_are_read_by_the_desk(driver: WindowDriver, qtbot: QtBot, tmp_path: Path) -> None:
    base = next((place for place in PLACES if place.is_dir()), None)
    if base is None:
        pytest.skip("the real data is not here")
    came: list[Reading] = []
    files = driver.window.layer_desk.files
    wanted = {_thinned(base / name, tmp_path): words for name, words in FILES.items() if (base / name).exists()}
    for path, (datum, _) in wanted.items():
        files.read(Request(path=str(path), reference=datum), came.append, lambda: None)
    qtbot.waitUntil(lambda: len(came) == len(wanted), timeout=120_000)
    loaded = {Path(reading.report.path): reading.report.loaded for reading in came}
    assert not {path.name: loaded[path] for path, (_, least) in wanted.items() if loaded[path] < least}
