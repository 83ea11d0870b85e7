"""A layer saved and read again is the same layer."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from comms.domain.datum import Datum
from console.layers.features import Features, Geometry
from console.layers.files.kind import SUFFIX, Kind
from console.layers.files.reading import Request, read
from console.layers.files.writing import write
from tests.support.layer_files import grid_square, objects


def _points() -> Features:
    return Features(
        geometry=Geometry.POINT,
        ids=objects(["1", "2"]),
        lat=np.array([22.9, 23.0]),
        lon=np.array([113.7, 113.8]),
        columns={"名称": objects(["甲", "乙"]), "人数": np.array([3.0, np.nan])},
        name_column="名称",
    )


def _polygons() -> Features:
    shapes = objects([grid_square(0), grid_square(1).union(grid_square(3))])
    inside = shapely.point_on_surface(shapes)
    return Features(
        geometry=Geometry.POLYGON,
        ids=objects(["1", "2"]),
        lat=shapely.get_y(inside),
        lon=shapely.get_x(inside),
        shapes=shapes,
        columns={"名称": objects(["甲", "乙"])},
        name_column="名称",
    )


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.GCJ02, Datum.CGCS2000])
def test_points_come_back(tmp_path: Path, kind: Kind, datum: Datum) -> None:
    path = tmp_path / f"点{SUFFIX[kind]}"
    written = write(_points(), path, kind, datum=datum)
    assert (written.rows, written.fault) == (2, "")
    assert not [entry for entry in tmp_path.iterdir() if entry.name.startswith(".")]
    reading = read(Request(path=str(path), reference=datum.value))
    assert reading.report.bad == ()
    (features,) = reading.features
    assert features.lat == pytest.approx([22.9, 23.0], abs=2e-8)
    assert features.lon == pytest.approx([113.7, 113.8], abs=2e-8)
    assert features.name(1) == "乙"
    assert features.columns["人数"][0] == 3.0
    assert np.isnan(features.columns["人数"][1])


@pytest.mark.parametrize("kind", list(Kind))
def test_polygons_come_back(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / f"网格{SUFFIX[kind]}"
    write(_polygons(), path, kind, datum=Datum.BD09)
    (features,) = read(Request(path=str(path), reference="bd09")).features
    assert features.geometry is Geometry.POLYGON
    assert features.shapes is not None
    before = _polygons().shapes
    assert before is not None
    assert shapely.area(shapely.symmetric_difference(features.shapes, before)).max() < 1e-12
    assert features.name(1) == "乙"


def test_a_file_that_cannot_be_written_is_a_fault_and_spoils_nothing(tmp_path: Path) -> None:
    written = write(_points(), tmp_path / "none" / "a.csv", Kind.CSV)
    assert written.fault
    assert written.rows == 0
