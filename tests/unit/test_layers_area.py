"""An area's things as layers and features."""

import numpy as np
import pytest

from comms.domain.ids import JurisdictionId
from comms.protocol.area import Area, Camera, CityPart, Grid, RiskSource, Street
from console.layers.area import AreaFeatures, area_layers
from console.layers.features import Geometry
from console.layers.layer import AreaSource

RING = ((23.0, 113.0), (23.0, 113.01), (23.01, 113.01), (23.01, 113.0))
AREA = Area(
    name="t",
    bounds=(23.0, 113.0, 23.01, 113.01),
    grids=(
        Grid(jurisdiction_id=JurisdictionId("t/v/g1"), name="一", rings=(RING,)),
        Grid(jurisdiction_id=JurisdictionId("t/v/g2"), name="空", rings=()),
    ),
    streets=(Street(name="路", rank=1, line=((23.0, 113.0), (23.01, 113.0))), Street(name="点", rank=2, line=())),
    cameras=(
        Camera(id="c1", name="口", lat=23.001, lon=113.001, heading_deg=45.0, category="治安"),
        Camera(id="c2", name="角", lat=23.002, lon=113.002),
    ),
    parts=(CityPart(id="d1", name="井盖", category="道路交通", lat=23.003, lon=113.003),),
    risks=(
        RiskSource(id="r1", name="油库", category="危化品", lat=23.004, lon=113.004, level=1, keeper="张三"),
        RiskSource(id="r2", name="锅炉", category="特种设备", lat=23.005, lon=113.005),
    ),
)


def test_every_category_is_a_layer_of_its_topic() -> None:
    layers = area_layers(AREA)
    assert [layer.id for layer in layers] == [
        "risks/危化品",
        "risks/特种设备",
        "parts/道路交通",
        "cameras/治安",
        "cameras/",
    ]
    assert [layer.name for layer in layers][-2:] == ["治安", "layer.cameras"]
    assert layers[0].topic == "topic.risks"
    assert layers[0].style.base.symbol == "危"
    assert layers[0].popup_fields == ("category", "level", "keeper")


def test_features_are_cut_by_category() -> None:
    features = AreaFeatures(AREA)
    one = features.of(AreaSource("risks", "特种设备"))
    assert list(one.ids) == ["r2"]
    assert one.name(0) == "锅炉"
    assert one.attributes(0)["level"] == 4.0
    both = features.of(AreaSource("cameras"))
    assert list(both.lat) == [23.001, 23.002]
    assert both.columns["heading_deg"][0] == 45.0
    assert np.isnan(both.columns["heading_deg"][1])
    assert list(features.of(AreaSource("cameras", "治安")).ids) == ["c1"]


def test_outlines_and_lines_have_longitude_first() -> None:
    features = AreaFeatures(AREA)
    grids = features.of(AreaSource("grids"))
    assert grids.geometry is Geometry.POLYGON
    assert grids.shapes is not None
    assert grids.shapes[0].bounds == (113.0, 23.0, 113.01, 23.01)
    assert [grids.name(row) for row in range(len(grids))] == ["一"]
    streets = features.of(AreaSource("streets"))
    assert streets.geometry is Geometry.LINE
    assert (streets.lat[0], streets.lon[0]) == pytest.approx((23.005, 113.0))
    assert list(streets.columns["rank"]) == [1.0]


def test_an_unknown_part_has_no_features() -> None:
    assert len(AreaFeatures(AREA).of(AreaSource("nothing"))) == 0
