"""Layers from files: good rows are loaded, every bad one is reported, nothing is raised."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyogrio.raw import write as write_raw

from comms.domain.datum import Datum, convert
from console.layers.features import Geometry
from console.layers.files.columns import CoordinateColumns, find_coordinates, name_column
from console.layers.files.reading import Request, read
from console.layers.files.report import Fault, Reading, Reason
from console.layers.reference import Reference, gauss_kruger
from tests.support.layer_files import (
    cut,
    grid_square,
    objects,
    spoil_page,
    write_csv,
    write_geopackage,
    write_shapefile,
)


def _read(path: Path, **asked: Any) -> Reading:
    return read(Request(path=str(path), **asked))


def _reasons(reading: Reading) -> list[tuple[int, str]]:
    return [(row.number, row.reason.value) for row in reading.report.bad]


# --- the three files nobody should lose anything of ---------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_with_five_percent_bad_rows(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "出租屋.csv"
    expected = write_csv(path, 5_000, encoding=encoding)
    reading = _read(path)
    (features,) = reading.features
    assert len(expected) == 250
    assert dict(_reasons(reading)) == expected
    assert reading.report.rows == 5_000
    assert reading.report.loaded == len(features) == 4_750
    assert reading.report.lost == 250
    assert features.geometry is Geometry.POINT
    assert features.name(0) == "出租屋0号"
    assert features.columns["编号"][1] == "000001", "leading zeros are no number's"
    assert features.columns["人数"].dtype == np.float64
    assert features.lat[1] == pytest.approx(22.90001)
    assert features.lon[1] == pytest.approx(113.70001)


@pytest.mark.parametrize("cpg", [True, False])
def test_shapefile_of_ten_thousand_polygons_in_gbk(tmp_path: Path, cpg: bool) -> None:
    path = tmp_path / "网格.shp"
    write_shapefile(path, 10_000, cpg=cpg)
    reading = _read(path)
    (features,) = reading.features
    assert reading.report.bad == ()
    assert reading.report.loaded == len(features) == 10_000
    assert features.geometry is Geometry.POLYGON
    assert features.name(9_999) == "石排镇第9999网格"
    assert features.columns["人数"][9_999] == 9_999
    assert features.shapes is not None
    assert features.shapes[123].equals(grid_square(123))
    assert shapely.contains_xy(features.shapes[123], features.lon[123], features.lat[123])


def test_shapefile_with_a_text_that_fits_no_encoding(tmp_path: Path) -> None:
    path = tmp_path / "网格.shp"
    write_shapefile(path, 50)
    dbf = path.with_suffix(".dbf")
    data = dbf.read_bytes()
    name = "石排镇第7网格".encode("gbk")
    assert data.count(name + b" ") >= 1
    dbf.write_bytes(data.replace(name + b" ", b"\xff\xff" + name[2:] + b" ", 1))
    reading = _read(path)
    (features,) = reading.features
    assert reading.report.loaded == 50
    assert _reasons(reading) == [(8, "text_mended")]
    assert features.name(7).endswith("排镇第7网格")


def test_geopackage_with_spoilt_pages(tmp_path: Path) -> None:
    path = tmp_path / "点位.gpkg"
    write_geopackage(path, 5_000)
    for page in (60, 61, 90):
        spoil_page(path, page)
    reading = _read(path)
    (features,) = reading.features
    report = reading.report
    assert report.rows == 5_000
    assert 4_700 < report.loaded == len(features) < 5_000
    assert {row.reason for row in report.bad} == {Reason.DAMAGED}
    stretches = [(row.number, row.last or row.number) for row in report.bad]
    lost = {number for first, last in stretches for number in range(first, last + 1)}
    read_ids = {int(one) for one in features.ids}
    assert lost | read_ids == set(range(1, 5_001))
    assert not lost & read_ids


@pytest.mark.parametrize(("share", "loaded"), [(0.6, (4_999, 5_001)), (0.35, (1_500, 4_999))])
def test_geopackage_cut_off(tmp_path: Path, share: float, loaded: tuple[int, int]) -> None:
    path = tmp_path / "点位.gpkg"
    write_geopackage(path, 5_000)
    before = set(tmp_path.iterdir())
    cut(path, share)
    reading = _read(path)
    report = reading.report
    assert report.fault is Fault.TRUNCATED
    assert loaded[0] < report.loaded < loaded[1]
    assert len(reading.features[0]) == report.loaded
    assert reading.features[0].name(0) == "点位0" * 6
    assert {row.reason for row in report.bad} == ({Reason.DAMAGED} if report.loaded < 5_000 else set())
    assert set(tmp_path.iterdir()) == before


def test_geopackage_beyond_help_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "点位.gpkg"
    write_geopackage(path, 100)
    data = bytearray(path.read_bytes())
    data[100:4_096] = bytes(3_996)
    path.write_bytes(data)
    assert _read(path).report.fault is Fault.BROKEN


# --- datums and projections -----------------------------------------------------------------------------------


@pytest.mark.parametrize("datum", list(Datum))
def test_the_chosen_datum_is_turned_into_wgs84(tmp_path: Path, datum: Datum) -> None:
    lat, lon = convert([22.9, 23.0], [113.7, 113.8], source=Datum.WGS84, target=datum)
    path = tmp_path / "a.csv"
    path.write_text("lat,lon\n" + "\n".join(f"{a:.9f},{b:.9f}" for a, b in zip(lat, lon, strict=True)))
    (features,) = _read(path, reference=datum.value).features
    assert features.lat == pytest.approx([22.9, 23.0], abs=1e-7)
    assert features.lon == pytest.approx([113.7, 113.8], abs=1e-7)


def test_projected_shapefile_is_turned_by_its_own_prj(tmp_path: Path) -> None:
    zone = gauss_kruger(width_deg=3, zone=38)
    x, y = zone.from_wgs84(np.array([22.9]), np.array([113.75]))
    path = tmp_path / "gk.shp"
    point = objects([shapely.to_wkb(shapely.Point(x[0], y[0]))])
    write_raw(str(path), point, [np.array([1])], ["n"], geometry_type="Point", crs="EPSG:4526")
    (features,) = _read(path).features
    assert (features.lat[0], features.lon[0]) == pytest.approx((22.9, 113.75), abs=1e-8)


def test_surveyors_x_is_north_in_a_sheet(tmp_path: Path) -> None:
    zone = gauss_kruger(width_deg=3, zone=38)
    x, y = zone.from_wgs84(np.array([22.9]), np.array([113.75]))
    path = tmp_path / "gk.csv"
    path.write_text(f"点号;X坐标;Y坐标\nA1;{y[0]:.4f};{x[0]:.4f}\n", encoding="gbk")
    (features,) = _read(path, reference=zone.word).features
    assert (features.lat[0], features.lon[0]) == pytest.approx((22.9, 113.75), abs=1e-8)


def test_a_reference_nobody_knows_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("lat,lon\n1,2\n")
    assert _read(path, reference="epsg:1").report.fault is Fault.UNKNOWN_REFERENCE
    assert _read(path, reference="mars").report.fault is Fault.UNKNOWN_REFERENCE
    assert _read(path, encoding="klingon").report.fault is Fault.UNKNOWN_REFERENCE


# --- CSV and XLSX by themselves ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["Latitude", "Longitude"], CoordinateColumns(lat="Latitude", lon="Longitude")),
        (["x", "y", "LNG", "LAT"], CoordinateColumns(lat="LAT", lon="LNG")),
        (["名称", "经度 (°)", "纬度 (°)"], CoordinateColumns(lat="纬度 (°)", lon="经度 (°)")),
        (["Y坐标", "X坐标"], CoordinateColumns(lat="Y坐标", lon="X坐标")),
        (["name", "经纬度"], CoordinateColumns(both="经纬度", is_lon_first=True)),
        (["name", "WKT"], CoordinateColumns(wkt="WKT")),
        (["name", "age"], None),
    ],
)
def test_coordinates_are_found_by_name(names: list[str], found: CoordinateColumns | None) -> None:
    assert find_coordinates(names) == found


def test_a_feature_is_named_by_the_likeliest_column() -> None:
    assert name_column(["编号", "小区名称", "name"]) == "name"
    assert name_column(["编号", "街道办名称"]) == "街道办名称"
    assert name_column(["a", "b"]) == ""


def test_csv_rows_spoilt_in_every_way(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        "市网格办 导出\n\n名称,备注,lat,lon\n"
        "甲,好,22.9,113.7\n"
        "乙,太少,22.9\n"
        "丙,太多,22.9,113.7,x,y\n"
        '丁,"两行\n备注",22.9,113.7\n'
        '戊,"没有结束,22.9,113.7\n'.encode()
        + b"\xe5\xb7,\xff,22.9,113.7\n"
        + "庚,,22°54′N,E113°42′\n".encode()
    )
    reading = _read(path)
    (features,) = reading.features
    assert _reasons(reading) == [(5, "field_count"), (6, "field_count"), (9, "open_quote"), (10, "text_mended")]
    assert list(features.ids) == ["4", "7", "10", "11"]
    assert features.columns["备注"][1] == "两行\n备注"
    assert (features.lat[3], features.lon[3]) == (22.9, 113.7)


def test_coordinates_in_one_cell_and_shapes_as_text(tmp_path: Path) -> None:
    both = tmp_path / "both.csv"
    both.write_text("名称\t经纬度\n甲\t113.7,22.9\n乙\t?\n", encoding="utf-8")
    reading = _read(both)
    assert (reading.features[0].lat[0], reading.features[0].lon[0]) == (22.9, 113.7)
    assert _reasons(reading) == [(3, "not_a_number")]
    shapes = tmp_path / "wkt.csv"
    shapes.write_text('name,wkt\na,"LINESTRING(113 22,114 23)"\nb,POINT(113\nc,\nd,POINT(113 22)\n')
    reading = _read(shapes)
    assert [features.geometry for features in reading.features] == [Geometry.POINT, Geometry.LINE]
    assert _reasons(reading) == [(3, "bad_geometry"), (4, "no_coordinates")]


def test_sheet_of_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "部件.xlsx"
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["说明"])
    sheet = book.create_sheet("井盖")
    for row in (["表一"], ["名称", "经度", "纬度", "备注"], ["甲", 113.7, 22.9, None], ["乙", "无", 22.9, 1], [None],
                ["丙", 113.8, 22.9, "x"]):  # fmt: skip
        sheet.append(row)
    book.save(path)
    reading = _read(path, table="井盖")
    assert _reasons(reading) == [(4, "not_a_number")]
    assert list(reading.features[0].ids) == ["3", "6"]
    assert _read(path, table="说明文").report.fault is Fault.BROKEN
    assert _read(path).report.fault is Fault.NO_COORDINATE_COLUMNS
    cut(path, 0.5)
    assert _read(path).report.fault is Fault.BROKEN


def test_columns_chosen_by_the_officer(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n22.9,113.7\n")
    assert _read(path).report.fault is Fault.NO_COORDINATE_COLUMNS
    (features,) = _read(path, coordinates=CoordinateColumns(lat="a", lon="b")).features
    assert features.lon[0] == 113.7
    gone = _read(path, coordinates=CoordinateColumns(lat="a", lon="c"))
    assert gone.report.fault is Fault.NO_COORDINATE_COLUMNS


# --- GeoJSON ---------------------------------------------------------------------------------------------------


def _feature(geometry: object, **properties: Any) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


POINT = {"type": "Point", "coordinates": [113.7, 22.9]}
SQUARE = [[113.0, 22.0], [113.1, 22.0], [113.1, 22.1], [113.0, 22.0]]


def test_geojson_of_all_kinds_and_faults(tmp_path: Path) -> None:
    bow = [[113.0, 22.0], [113.1, 22.1], [113.1, 22.0], [113.0, 22.1], [113.0, 22.0]]
    features = [
        _feature(POINT, 名称="甲", 层=3),
        _feature(None),
        _feature({"type": "Polygon", "coordinates": [SQUARE, [[113.01, 22.01], [113.02, 22.02]]]}, 名称="乙"),
        _feature({"type": "Polygon", "coordinates": [bow]}),
        _feature({"type": "Point", "coordinates": ["x", "y"]}),
        _feature({"type": "Point", "coordinates": [22.9, 113.7]}),
        _feature({"type": "MultiPoint", "coordinates": [[113, 22], [114, 23]]}, 名称="丙", 表={"a": [1]}),
        _feature({"type": "LineString", "coordinates": [[113, 22], [114, 23]]}),
        _feature({"type": "Polygon", "coordinates": [[[113, 22], [114, 23]]]}),
        "nonsense",
    ]
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False))
    reading = _read(path)
    assert _reasons(reading) == [
        (2, "no_geometry"), (3, "ring_mended"), (4, "ring_mended"), (5, "bad_geometry"), (6, "swapped"),
        (9, "bad_geometry"), (10, "unreadable"),
    ]  # fmt: skip
    assert [one.geometry for one in reading.features] == [Geometry.POINT, Geometry.LINE, Geometry.POLYGON]
    points, _, polygons = reading.features
    assert list(points.ids) == ["1", "7", "7.2"]
    assert points.name(2) == "丙"
    assert points.columns["表"][2] == '{"a": [1]}'
    assert list(polygons.ids) == ["3", "4"]
    assert polygons.shapes is not None
    assert shapely.is_valid(polygons.shapes).all()
    assert reading.report.rows == 10
    assert reading.report.loaded == 5


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([_feature(POINT)] * 2),
        "\n".join([json.dumps(_feature(POINT))] * 2),
        json.dumps({"type": "GeometryCollection", "geometries": [POINT, POINT]}),
        "\ufeff" + json.dumps({"features": [_feature(POINT)] * 2}),
    ],
    ids=["bare list", "one a line", "bare geometry", "byte order mark"],
)
def test_geojson_in_other_forms(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    reading = _read(path)
    assert len(reading.features[0]) == 2
    assert reading.report.fault is None


def test_geojson_cut_off_or_spoilt_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    whole = json.dumps({"type": "FeatureCollection", "features": [_feature(POINT)] * 100})
    path.write_text(whole[: len(whole) // 2])
    reading = _read(path)
    assert reading.report.fault is Fault.TRUNCATED
    assert reading.report.loaded >= 48
    path.write_text(whole.replace('"Point"', '"Point', 1))
    reading = _read(path)
    assert _reasons(reading)[0] == (1, "unreadable")
    assert reading.report.loaded >= 98


def test_geojson_in_a_projection(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    x, y = Reference(epsg=3857).from_wgs84(np.array([22.9]), np.array([113.7]))
    point = {"type": "Point", "coordinates": [x[0], y[0]]}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [_feature(point)]}))
    (features,) = _read(path).features
    assert features.lon[0] == pytest.approx(113.7, abs=1e-6)
    path.write_text(path.read_text().replace("EPSG::3857", "MOON::1"))
    assert _read(path).report.fault is Fault.UNKNOWN_REFERENCE


# --- files that are none -----------------------------------------------------------------------------------


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert _read(tmp_path / "none.csv").report.fault is Fault.MISSING
    assert _read(tmp_path).report.fault is Fault.NOT_ALLOWED
    for name, data, fault in (
        ("a.csv", b"", Fault.EMPTY), ("a.docx", b"x", Fault.UNKNOWN_KIND), ("b.csv", b"\n\n", Fault.EMPTY),
        ("a.geojson", b"hello", Fault.BROKEN), ("b.geojson", b'{"features": []}', Fault.EMPTY),
        ("a.shp", b"\x00\x00\x27\x0a", Fault.BROKEN), ("a.gpkg", b"no", Fault.BROKEN),
    ):  # fmt: skip
        path = tmp_path / name
        path.write_bytes(data)
        assert _read(path).report.fault is fault, name


@given(data=st.binary(max_size=400), suffix=st.sampled_from([".csv", ".geojson", ".xlsx", ".shp", ".gpkg"]))
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str) -> None:
    path = tmp_path_factory.getbasetemp() / f"noise{suffix}"
    path.write_bytes(data)
    report = _read(path).report
    assert report.loaded <= report.rows


def test_reading_says_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    for name, write in (("a.csv", write_csv), ("a.shp", write_shapefile), ("a.gpkg", write_geopackage)):
        path = tmp_path / name
        write(path, 4_500)
        told: list[tuple[int, int]] = []

        def note(done: int, total: int, told: list[tuple[int, int]] = told) -> bool:
            told.append((done, total))
            return len(told) < 2

        reading = read(Request(path=str(path)), note)
        assert reading.report.is_cancelled
        assert reading.features == ()
        assert 0 < told[0][0] < told[1][0] <= told[1][1]
