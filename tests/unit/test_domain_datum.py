"""Datums against published pairs, and there and back.

CITIES: hujiulong/gcoord, `test/fixtures/china-cities.json` (MIT): one place in three datums, 1e-7 degrees.
EXACT: googollee/eviltransform, `go/transform_test.go`: WGS-84 and GCJ-02, rounded to 1e-12 degrees and finer.
BAIDU: wandergis/coordtransform, `test/app.js`: GCJ-02 to BD-09.
"""

from math import cos, hypot, radians

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comms.domain.datum import EAST, NORTH, SOUTH, WEST, Datum, convert, is_shifted
from comms.domain.position import distance_m

CITIES = (
    ("驻马店", (33.0133556, 114.0164322), (33.0115324, 114.022306), (33.0176697, 114.0287781)),
    ("邵阳", (27.242124, 111.4622119), (27.2388981, 111.4677938), (27.2451662, 111.4742271)),
    ("邢台", (37.0700925, 114.498916), (37.0705911, 114.5048503), (37.0766797, 114.5113116)),
    ("荆门", (31.0376011, 112.1935849), (31.0354012, 112.1994301), (31.0417338, 112.2058231)),
    ("那曲", (31.4784436, 92.0499619), (31.4762063, 92.0512438), (31.4824421, 92.0576832)),
    ("莱芜", (36.2138283, 117.6708588), (36.2138184, 117.6767323), (36.2195866, 117.6832831)),
    ("凉山", (27.8850446, 102.2658401), (27.8816151, 102.2673386), (27.8876621, 102.2738428)),
    ("郑州", (34.7478004, 113.6192856), (34.7466173, 113.6253334), (34.7528605, 113.6317519)),
    ("梅州", (24.2912377, 116.1174053), (24.2886182, 116.1222426), (24.2944828, 116.1287823)),
    ("梧州", (23.4795593, 111.2740147), (23.4769675, 111.2791187), (23.4828109, 111.2856358)),
    ("楚雄", (25.048566, 101.5265949), (25.0455363, 101.5280737), (25.0518094, 101.5344863)),
    ("邯郸", (36.6255626, 114.533216), (36.6256603, 114.5389684), (36.6313231, 114.5455966)),
    ("资阳", (30.1317508, 104.6252411), (30.1289052, 104.6276449), (30.1351581, 104.6340814)),
    ("辽阳", (41.2651725, 123.2312099), (41.2672464, 123.2369518), (41.2736074, 123.2433178)),
    ("宜昌", (30.6944096, 111.2808211), (30.6919691, 111.2864741), (30.6977103, 111.2930248)),
    ("毕节", (27.2873271, 105.2884121), (27.2839591, 105.2916458), (27.2896767, 105.2982343)),
    ("永州", (26.4239855, 111.6081991), (26.4203993, 111.6134459), (26.4266586, 111.6199025)),
    ("运城", (35.0271663, 111.0017421), (35.0264171, 111.0075355), (35.0327206, 111.0139261)),
    ("汕头", (23.3567569, 116.6775114), (23.3540964, 116.6819735), (23.3598884, 116.6885014)),
    ("汉中", (33.0693761, 107.0188197), (33.0674824, 107.0233282), (33.0736864, 107.0297571)),
    ("汕尾", (22.7888255, 115.3702248), (22.7861903, 115.3751647), (22.7918527, 115.3817179)),
    ("沈阳", (41.8032629, 123.4253306), (41.8057023, 123.4314787), (41.8114013, 123.438095)),
    ("河池", (24.695685, 108.0810066), (24.6929343, 108.0852626), (24.6988503, 108.0917615)),
    ("沧州", (38.3039089, 116.8330366), (38.3044822, 116.8388422), (38.3102948, 116.8454238)),
    ("河源", (23.7463448, 114.6962648), (23.7436914, 114.7009627), (23.7498752, 114.7074093)),
    ("锡林郭勒", (43.9312805, 116.0414035), (43.9334573, 116.0482308), (43.9397782, 116.0546232)),
    ("酒泉", (39.7319946, 98.4937175), (39.7328234, 98.4943595), (39.7388949, 98.5008441)),
)
EXACT = (
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
)
BAIDU = (((39.915, 116.404), (39.92133699351021, 116.41036949371029)),)
Place = tuple[float, float]


def _off_m(place: Place, source: Datum, expected: Place, target: Datum) -> float:
    lat, lon = convert(*place, source=source, target=target)
    return distance_m(lat_a=float(lat), lon_a=float(lon), lat_b=expected[0], lon_b=expected[1])


@pytest.mark.parametrize(("city", "wgs84", "gcj02", "bd09"), CITIES, ids=[one[0] for one in CITIES])
def test_published_cities_agree_to_under_a_metre(city: str, wgs84: Place, gcj02: Place, bd09: Place) -> None:
    assert _off_m(wgs84, Datum.WGS84, gcj02, Datum.GCJ02) < 1.0
    assert _off_m(gcj02, Datum.GCJ02, wgs84, Datum.WGS84) < 1.0
    assert _off_m(wgs84, Datum.WGS84, bd09, Datum.BD09) < 1.0
    assert _off_m(bd09, Datum.BD09, wgs84, Datum.WGS84) < 1.0
    assert _off_m(gcj02, Datum.GCJ02, bd09, Datum.BD09) < 0.02
    assert _off_m(bd09, Datum.BD09, gcj02, Datum.GCJ02) < 0.02


@pytest.mark.parametrize(("wgs84", "gcj02"), EXACT)
def test_exact_pairs_agree_to_a_millimetre(wgs84: Place, gcj02: Place) -> None:
    assert _off_m(wgs84, Datum.WGS84, gcj02, Datum.GCJ02) < 0.001
    assert _off_m(gcj02, Datum.GCJ02, wgs84, Datum.WGS84) < 0.001


@pytest.mark.parametrize(("gcj02", "bd09"), BAIDU)
def test_baidu_pair_agrees_to_a_millimetre(gcj02: Place, bd09: Place) -> None:
    assert _off_m(gcj02, Datum.GCJ02, bd09, Datum.BD09) < 0.001
    assert _off_m(bd09, Datum.BD09, gcj02, Datum.GCJ02) < 0.001


@given(
    lat=st.floats(SOUTH + 0.1, NORTH - 0.1),
    lon=st.floats(WEST + 0.1, EAST - 0.1),
    source=st.sampled_from(Datum),
    target=st.sampled_from(Datum),
)
def test_there_and_back_is_the_same_place(lat: float, lon: float, source: Datum, target: Datum) -> None:
    there = convert(lat, lon, source=source, target=target)
    back_lat, back_lon = convert(*there, source=target, target=source)
    off_m = hypot(float(back_lat) - lat, (float(back_lon) - lon) * cos(radians(lat))) * 111_320
    assert off_m < 0.001


@pytest.mark.parametrize("datum", list(Datum))
def test_nothing_moves_outside_the_country(datum: Datum) -> None:
    lat, lon = convert([51.5, -33.9], [-0.1, 151.2], source=Datum.WGS84, target=datum)
    assert lat.tolist() == [51.5, -33.9]
    assert lon.tolist() == [-0.1, 151.2]
    back = convert(lat, lon, source=datum, target=Datum.WGS84)
    assert back[0].tolist() == [51.5, -33.9]


def test_cgcs2000_is_wgs84_and_a_copy() -> None:
    lat = np.array([22.9])
    same, _ = convert(lat, [113.7], source=Datum.CGCS2000, target=Datum.WGS84)
    same[0] = 0.0
    assert lat[0] == 22.9


def test_arrays_keep_their_shape_and_unknown_places_stay_unknown() -> None:
    lat, lon = convert(np.array([[22.9, np.nan]]), np.array([[113.7, np.nan]]), source=Datum.BD09, target=Datum.WGS84)
    assert lat.shape == (1, 2)
    assert np.isnan(lat[0, 1])
    assert np.isnan(lon[0, 1])
    assert abs(lat[0, 0] - 22.9) > 0.001
    assert is_shifted([22.9, 0.0], [113.7, 0.0]).tolist() == [True, False]


def test_titles_name_the_datum() -> None:
    assert [datum.label for datum in Datum] == ["WGS-84", "GCJ-02", "BD-09", "CGCS2000"]
