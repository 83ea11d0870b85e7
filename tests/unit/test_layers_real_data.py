"""Real files: boundaries of one city in three datums, cameras, key places. Skipped where they are not at hand."""

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import shapely

from console.layers.features import Features, Geometry
from console.layers.files.reading import Request, read
from console.layers.files.report import Reading, Reason

PLACES = tuple(parent / "shared" / "data" for parent in Path(__file__).parents[3:5])
pytestmark = pytest.mark.real_data
CAMERAS_EVERY, PLACES_EVERY = 5, 4
"""From one end of the file to the other, but not all: a row costs what the next one costs."""


def _file(name: str) -> Path:
    for base in PLACES:
        if (base / name).exists():
            return base / name
    pytest.skip(f"{name} is not here")


def _read(path: Path, reference: str = "wgs84") -> Reading:
    return read(Request(path=str(path), reference=reference))


def _polygons(reading: Reading) -> Features:
    return next(one for one in reading.features if one.geometry is Geometry.POLYGON)


def test_towns_load_and_the_short_ring_is_told() -> None:
    reading = _read(_file("boundaries/dongguan_441900_towns.geojson"), "bd09")
    assert reading.report.rows == reading.report.loaded == 32
    assert Reason.RING_MENDED in {row.reason for row in reading.report.bad}
    assert "石排镇" in set(_polygons(reading).columns["name"])


def test_one_place_in_three_datums_comes_to_lie_on_itself() -> None:
    """Drawn by different hands, the outlines agree to two hundredths of their area in the right datum only."""
    outline = _outline("dongguan_441900_city_datav.json", "gcj02")
    for name, datum in (("towns", "bd09"), ("towns_poi86", "wgs84")):
        off = {
            assumed: _apart(_outline(f"dongguan_441900_{name}.geojson", assumed), outline)
            for assumed in ("wgs84", "gcj02", "bd09")
        }
        assert min(off, key=lambda assumed: off[assumed]) == datum
        assert off[datum] < 0.025
        assert sorted(off.values())[1] > 2 * off[datum]


def _outline(name: str, datum: str) -> shapely.Geometry:
    shapes = _polygons(_read(_file(f"boundaries/{name}"), datum)).shapes
    assert shapes is not None
    return shapely.union_all(shapes)


def _apart(one: shapely.Geometry, other: shapely.Geometry) -> float:
    """What only one of two areas covers, as a share of the second."""
    return float(shapely.area(shapely.symmetric_difference(one, other)) / shapely.area(other))


def test_cameras_of_a_whole_country(tmp_path: Path) -> None:
    cameras = json.loads(gzip.decompress(_file("points/deflock_osm_cameras_us.json.gz").read_bytes()))
    cameras = (cameras if isinstance(cameras, list) else cameras["cameras"])[::CAMERAS_EVERY]
    path = tmp_path / "cameras.csv"
    names = list(dict.fromkeys(name for camera in cameras for name in camera))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(cameras)
    reading = _read(path)
    assert reading.report.rows == len(cameras)
    assert reading.report.loaded == len(cameras) - reading.report.lost
    assert reading.report.loaded > 61_000 // CAMERAS_EVERY
    (features,) = reading.features
    assert features.lat[0] == float(cameras[0]["lat"])


def test_places_of_shanghai(tmp_path: Path) -> None:
    folder = _file("points/shanghai_poi")
    total = 0
    for packed in sorted(folder.glob("*.csv.gz")):
        path = tmp_path / packed.name.removesuffix(".gz")
        head, *rows = gzip.decompress(packed.read_bytes()).splitlines(keepends=True)
        path.write_bytes(b"".join((head, *rows[::PLACES_EVERY])))
        reading = _read(path)
        total += reading.report.loaded
        (features,) = reading.features
        assert features.name_column == "name"
        assert 30.6 < float(np.median(features.lat)) < 31.9
    assert total > 47_900 // PLACES_EVERY
