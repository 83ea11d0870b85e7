"""Finding columns by their names: where coordinates are, what names a feature, and texts that are numbers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

_LAT = ("lat", "latitude", "纬度", "北纬", "lat_wgs84", "wgs84_lat", "gcj_lat", "bd_lat", "wd", "y", "y坐标", "坐标y",
        "northing", "北坐标", "纵坐标")  # fmt: skip
_LON = ("lon", "lng", "long", "longitude", "经度", "东经", "lon_wgs84", "wgs84_lon", "wgs84_lng", "gcj_lng", "bd_lng",
        "jd", "x", "x坐标", "坐标x", "easting", "东坐标", "横坐标")  # fmt: skip
_BOTH = ("经纬度", "坐标", "位置坐标", "location", "coordinates", "coordinate", "latlng", "latlon", "lonlat", "lnglat")
_LON_FIRST = frozenset({"经纬度", "lonlat", "lnglat", "location"})
_WKT = ("wkt", "geom", "geometry", "the_geom", "wkt_geom", "几何")
_NAMES = ("name", "名称", "名字", "姓名", "标题", "title", "mc", "路名", "站名", "点位名称", "小区名称", "单位名称")
_NAME_PART = re.compile(r"名称|名$|name", re.IGNORECASE)
_PUNCTUATION = re.compile(r"[\s_\-.·（）()°]+")
_DATUM = re.compile(r"(?<=.)(wgs84|gcj02|bd09|cgcs2000)$")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?")


class CoordinateColumns(msgspec.Struct, frozen=True, kw_only=True):
    """By name. Either `lat` and `lon`, or `both` in one text, or `wkt`."""

    lat: str = ""
    lon: str = ""
    both: str = ""
    is_lon_first: bool = False
    wkt: str = ""

    @property
    def names(self) -> frozenset[str]:
        return frozenset({self.lat, self.lon, self.both, self.wkt}) - {""}


def find_coordinates(names: Sequence[str]) -> CoordinateColumns | None:
    """The most telling names win; None when there is nothing like a coordinate."""
    plain = {name: _DATUM.sub("", _PUNCTUATION.sub("", name).lower()) for name in names}
    lat, lon = _first(plain, _LAT), _first(plain, _LON)
    if lat and lon:
        return CoordinateColumns(lat=lat, lon=lon)
    wkt = _first(plain, _WKT)
    if wkt:
        return CoordinateColumns(wkt=wkt)
    both = _first(plain, _BOTH)
    if both:
        return CoordinateColumns(both=both, is_lon_first=plain[both] in _LON_FIRST)
    return None


def name_column(columns: Mapping[str, Any] | Iterable[str]) -> str:
    """The attribute that most likely names a feature; empty when none does."""
    plain = {name: _PUNCTUATION.sub("", name).lower() for name in columns}
    exact = _first(plain, _NAMES)
    return exact or next((name for name in plain if _NAME_PART.search(name)), "")


def _first(plain: Mapping[str, str], wanted: Sequence[str]) -> str:
    words = {_PUNCTUATION.sub("", word) for word in wanted}
    ranked = [_PUNCTUATION.sub("", word) for word in wanted]
    held = [name for name, word in plain.items() if word in words]
    return min(held, key=lambda name: ranked.index(plain[name]), default="")


def unique_names(names: Sequence[object]) -> tuple[str, ...]:
    """Header cells as column names: blanks get a number, doubles a suffix."""
    seen: dict[str, int] = {}
    made = []
    for place, cell in enumerate(names, start=1):
        name = "" if cell is None else " ".join(str(cell).split())
        name = name or f"列{place}"
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return tuple(made)


def numbers_where_all_are(values: Any) -> Any:
    """A column of texts becomes numbers when each is one in its plain form: `007` and telephone numbers stay text."""
    held = [value for value in values if value not in (None, "")]
    if not held or not all(isinstance(value, str) and _NUMBER.fullmatch(value) and len(value) < 11 for value in held):
        return values
    made = np.empty(len(values), dtype=object)
    made[:] = [float(value) if value not in (None, "") else None for value in values]
    return made
