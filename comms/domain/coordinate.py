"""Coordinates as people write and read them: decimal degrees, or degrees, minutes and seconds, with the datum named."""

import re
from enum import StrEnum
from math import isfinite

import msgspec

from comms.domain.datum import Datum, convert

_HEMISPHERES = {"N": 1.0, "S": -1.0, "E": 1.0, "W": -1.0, "北": 1.0, "南": -1.0, "东": 1.0, "西": -1.0}
_ALONG = frozenset("EW东西")
"""Letters of a longitude; all others are of a latitude."""
_LETTER = "[NSEWnsew北南东西]"
_ANGLE = re.compile(
    rf"\s*(?P<before>{_LETTER})?[纬经]?\s*(?P<sign>[-+−])?\s*(?P<deg>\d+(?:\.\d+)?)"
    rf"(?:\s*[°度ºd]\s*(?:(?P<min>\d+(?:\.\d+)?)\s*['′’分m]\s*(?:(?P<sec>\d+(?:\.\d+)?)\s*(?:\"|″|”|''|秒|s)?)?)?)?"
    rf"(?(before)|(?:\s*(?P<after>{_LETTER}))?)"
)
_BETWEEN = re.compile(r"\s*[,，;；、/\s]\s*")
_DATUM_WORDS = (
    (Datum.CGCS2000, re.compile(r"CGCS\s*-?\s*2000|国家2000|大地2000", re.IGNORECASE)),
    (Datum.WGS84, re.compile(r"WGS\s*-?\s*(?:19)?84", re.IGNORECASE)),
    (Datum.GCJ02, re.compile(r"GCJ\s*-?\s*02|火星坐标|高德", re.IGNORECASE)),
    (Datum.BD09, re.compile(r"BD\s*-?\s*09|百度", re.IGNORECASE)),
)
_LAT_MOST, _LON_MOST = 90.0, 180.0
_MINUTES = 60.0


class CoordinateFault(StrEnum):
    """Why a text is no coordinate."""

    NOT_A_COORDINATE = "not_a_coordinate"
    OUT_OF_RANGE = "out_of_range"


class Coordinate(msgspec.Struct, frozen=True, kw_only=True):
    """A place and the datum it is in; the two never part."""

    lat: float
    lon: float
    datum: Datum = Datum.WGS84

    def to(self, datum: Datum) -> "Coordinate":
        """The same place in another datum."""
        lat, lon = convert(self.lat, self.lon, source=self.datum, target=datum)
        return Coordinate(lat=float(lat), lon=float(lon), datum=datum)


def decimal_text(coordinate: Coordinate) -> str:
    """`22.543847, 113.912316 (WGS-84)`: latitude first, a tenth of a metre."""
    return f"{coordinate.lat:.6f}, {coordinate.lon:.6f} ({coordinate.datum.label})"


def dms_text(coordinate: Coordinate) -> str:
    """`22°32′37.85″N 113°54′44.34″E (WGS-84)`: a third of a metre."""
    lat = _dms(coordinate.lat, "N" if coordinate.lat >= 0 else "S")
    lon = _dms(coordinate.lon, "E" if coordinate.lon >= 0 else "W")
    return f"{lat} {lon} ({coordinate.datum.label})"


def parse(text: str, *, datum: Datum = Datum.WGS84) -> Coordinate | CoordinateFault:
    """Latitude before longitude, unless letters or the size of the first number say otherwise.

    `datum` is what a text that names none is in."""
    rest, named = _without_datum(text)
    first = _ANGLE.match(rest)
    if first is None:
        return CoordinateFault.NOT_A_COORDINATE
    between = _BETWEEN.match(rest, first.end())
    start = between.end() if between is not None else first.end()
    second = _ANGLE.fullmatch(rest.rstrip(), start)
    is_apart = between is not None or _letter(first) != ""
    if second is None or not is_apart:
        return CoordinateFault.NOT_A_COORDINATE
    return _ordered(first, second, named or datum)


def parse_angle(text: str) -> float | None:
    """One latitude or longitude in degrees, from `113.75`, `113°45′0″`, `E113.75` …; None when it is none."""
    match = _ANGLE.fullmatch(text.strip())
    return None if match is None else _value(match)


def _without_datum(text: str) -> tuple[str, Datum | None]:
    for datum, word in _DATUM_WORDS:
        found = word.search(text)
        if found is not None:
            rest = text[: found.start()] + " " + text[found.end() :]
            return rest.replace("()", " ").strip(" ()（）:：,，\t"), datum
    return text.strip(" ()（）[]\t\n"), None


def _ordered(first: re.Match[str], second: re.Match[str], datum: Datum) -> Coordinate | CoordinateFault:
    one, other = _value(first), _value(second)
    if one is None or other is None:
        return CoordinateFault.NOT_A_COORDINATE
    letters = (_letter(first), _letter(second))
    is_along = tuple(letter in _ALONG for letter in letters if letter)
    if len(is_along) == 2 and is_along[0] == is_along[1]:
        return CoordinateFault.NOT_A_COORDINATE
    if is_along:
        swapped = letters[0] in _ALONG if letters[0] else letters[1] not in _ALONG
    else:
        swapped = abs(one) > _LAT_MOST >= abs(other)
    lat, lon = (other, one) if swapped else (one, other)
    if abs(lat) > _LAT_MOST or abs(lon) > _LON_MOST:
        return CoordinateFault.OUT_OF_RANGE
    return Coordinate(lat=lat, lon=lon, datum=datum)


def _letter(match: re.Match[str]) -> str:
    return (match["before"] or match["after"] or "").upper()


def _value(match: re.Match[str]) -> float | None:
    minutes, seconds = float(match["min"] or 0.0), float(match["sec"] or 0.0)
    if minutes >= _MINUTES or seconds >= _MINUTES:
        return None
    value = float(match["deg"]) + minutes / _MINUTES + seconds / _MINUTES**2
    sign = -1.0 if match["sign"] in ("-", "−") else 1.0
    value *= sign * _HEMISPHERES.get(_letter(match), 1.0)
    return value if isfinite(value) else None


def _dms(value: float, letter: str) -> str:
    hundredths = round(abs(value) * 360_000)
    degrees, rest = divmod(hundredths, 360_000)
    minutes, rest = divmod(rest, 6_000)
    return f"{degrees}°{minutes:02d}′{rest / 100:05.2f}″{letter}"
