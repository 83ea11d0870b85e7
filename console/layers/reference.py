"""What a file's coordinates are in: a datum in degrees, or any system of the EPSG register, CGCS2000's zones first.

pyproj is loaded when the first file names a system: a tenth of a second and 9 MB that few desks need.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING

import numpy as np

from comms.domain.datum import Datum, Degrees, Pair, convert

if TYPE_CHECKING:
    from pyproj import Transformer

_ZONE_3_FIRST, _ZONE_3_LAST, _EPSG_3_ZONE, _EPSG_3_MERIDIAN = 25, 45, 4513, 4534
_ZONE_6_FIRST, _ZONE_6_LAST, _EPSG_6_ZONE, _EPSG_6_MERIDIAN = 13, 23, 4491, 4502
_SAME_AS_DEGREES = frozenset({4326, 4490, 4979, 4480, 4479})
"""WGS-84 and CGCS2000 in degrees: what such a file truly holds, GCJ-02 say, only the officer knows."""
_ZONE_M = 1_000_000.0
_REGISTER = "epsg:"


@dataclass(frozen=True, slots=True)
class Reference:
    """Degrees in `datum` when `epsg` is 0; else the coordinates of that system, whose degrees are in `datum`."""

    datum: Datum = Datum.WGS84
    epsg: int = 0

    @property
    def word(self) -> str:
        """As kept in a layer's source: `gcj02`, `epsg:4526`, `epsg:3857+gcj02`."""
        if not self.epsg:
            return self.datum.value
        return f"epsg:{self.epsg}" + ("" if self.datum is Datum.WGS84 else f"+{self.datum}")

    def to_wgs84(self, x: Degrees, y: Degrees) -> Pair:
        """x = easting or longitude, y = northing or latitude. Gives latitudes, longitudes; what cannot be: infinite."""
        lon, lat = np.asarray(x, np.float64), np.asarray(y, np.float64)
        if self.epsg:
            lon, lat = _transformer(self.epsg).transform(lon, lat)
        return convert(lat, lon, source=self.datum, target=Datum.WGS84)

    def from_wgs84(self, lat: Degrees, lon: Degrees) -> Pair:
        """Gives x (easting or longitude), y (northing or latitude)."""
        lats, lons = convert(lat, lon, source=Datum.WGS84, target=self.datum)
        if not self.epsg:
            return lons, lats
        x, y = _transformer(self.epsg).transform(lons, lats, direction="INVERSE")
        return np.asarray(x), np.asarray(y)


def read_datum(word: str) -> Datum | None:
    """Of a reference's word, without a look into the register; None when no such datum is known."""
    system, _, datum = word.strip().lower().partition("+")
    try:
        return Datum((datum or Datum.WGS84) if system.startswith(_REGISTER) else system)
    except ValueError:
        return None


def read_reference(word: str) -> Reference | None:
    """None when the word names no system that is known."""
    datum, system = read_datum(word), word.strip().lower().partition("+")[0]
    if datum is None or not system.startswith(_REGISTER):
        return None if datum is None else Reference(datum)
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        epsg = int(system.removeprefix(_REGISTER))
        CRS.from_epsg(epsg)
    except (ValueError, CRSError):
        return None
    return Reference(datum, epsg)


def named_by_file(system: str | None) -> int:
    """The EPSG number of what a file says about itself; 0 for degrees in WGS-84 or CGCS2000, or nothing said.
    -1 when it says something that is not known."""
    if not system:
        return 0
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_user_input(system)
    except CRSError:
        return -1
    epsg = crs.to_epsg(min_confidence=60)
    if crs.is_geographic and (epsg in _SAME_AS_DEGREES or epsg is None):
        return 0
    return epsg if epsg is not None else -1


def gauss_kruger(*, width_deg: int, zone: int, has_zone_in_easting: bool = True) -> Reference:
    """A CGCS2000 zone, 3 degrees wide (25 to 45) or 6 (13 to 23). Raises ValueError outside China."""
    first, last, with_zone, without = (
        (_ZONE_3_FIRST, _ZONE_3_LAST, _EPSG_3_ZONE, _EPSG_3_MERIDIAN)
        if width_deg == 3
        else (_ZONE_6_FIRST, _ZONE_6_LAST, _EPSG_6_ZONE, _EPSG_6_MERIDIAN)
    )
    if width_deg not in (3, 6) or not first <= zone <= last:
        raise ValueError(f"no {width_deg} degree zone {zone} of CGCS2000")
    return Reference(Datum.WGS84, (with_zone if has_zone_in_easting else without) + zone - first)


def guess(x: Degrees, y: Degrees) -> Reference | None:
    """What plain numbers are in: degrees, or a Gauss-Krüger zone told by the easting's first two digits.

    None when they are metres without a zone: then only the officer can say."""
    known = np.isfinite(x) & np.isfinite(y)
    if not known.any():
        return Reference()
    east, north = float(np.median(x[known])), float(np.median(y[known]))
    if abs(east) <= 360.0 and abs(north) <= 360.0:
        return Reference()
    zone = floor(max(east, north) / _ZONE_M)
    if _ZONE_3_FIRST <= zone <= _ZONE_3_LAST:
        return gauss_kruger(width_deg=3, zone=zone)
    if _ZONE_6_FIRST <= zone <= _ZONE_6_LAST:
        return gauss_kruger(width_deg=6, zone=zone)
    return None


@lru_cache(maxsize=64)
def _transformer(epsg: int) -> "Transformer":
    from pyproj import Transformer

    return Transformer.from_crs(epsg, 4326, always_xy=True)
