"""Recorded movements of real people: GeoLife .plt, GPX, and CSV (user,time_utc,lat,lon,…), plain, gzipped or in a tar.

Rows that cannot be used are reported with file, line and reason; the rest are used.
"""

import csv
import gzip
import io
import re
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from pathlib import Path, PurePosixPath
from typing import TextIO
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from numpy.typing import NDArray

from comms.domain.position import Fix, fix_fault

PLT_HEADER_LINES = 6
FAULTS_KEPT = 1000
"""Bad rows kept one by one; beyond that they are only counted."""


class TracksError(ValueError):
    """The file is none of the formats, or holds nothing usable."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """`line` counts from 1; in a GPX file it is the number of the track point."""

    source: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Track:
    """One person's readings in order of time: arrays of shape (n,), Unix seconds and degrees WGS-84."""

    user: str
    at: NDArray[np.float64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True, slots=True)
class Tracks:
    """`tracks` by user's name in order; `bad_count` is at least the length of `bad_rows`."""

    tracks: tuple[Track, ...]
    bad_rows: tuple[BadRow, ...]
    bad_count: int


@dataclass(slots=True)
class _Gathered:
    users: dict[str, list[tuple[float, float, float]]] = field(default_factory=dict)
    bad_rows: list[BadRow] = field(default_factory=list)
    bad_count: int = 0

    def add(self, user: str, at: float, lat: float, lon: float) -> None:
        """Raises ValueError for a reading that cannot be believed."""
        fault = fix_fault(Fix(at=at, lat=lat, lon=lon), now=inf)
        if fault is not None:
            raise ValueError(fault.replace("_", " "))
        self.users.setdefault(user, []).append((at, lat, lon))

    def refuse(self, source: str, line: int, reason: str) -> None:
        self.bad_count += 1
        if len(self.bad_rows) < FAULTS_KEPT:
            self.bad_rows.append(BadRow(source, line, reason))

    def finish(self) -> Tracks:
        tracks = tuple(_track(user, self.users[user]) for user in sorted(self.users))
        return Tracks(tracks=tracks, bad_rows=tuple(self.bad_rows), bad_count=self.bad_count)


def _track(user: str, rows: list[tuple[float, float, float]]) -> Track:
    """In order of time; of several readings at one moment, the last."""
    table = np.array(rows, dtype=np.float64)
    table = table[np.argsort(table[:, 0], kind="stable")]
    is_last = np.append(np.diff(table[:, 0]) > 0, True)
    table = table[is_last]
    return Track(user, table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy())


# --- reading ------------------------------------------------------------------------------------------


def read_tracks(path: Path, *, users: int | None = None) -> Tracks:
    """Everything in a file, or of its first so many users. Raises TracksError, OSError."""
    gathered = _Gathered()
    for name, text in _texts(path):
        user = user_of(name)
        is_enough = users is not None and len(gathered.users) >= users
        if is_enough and user not in gathered.users and name.endswith(".plt"):
            continue
        _read(gathered, name, user, text)
    tracks = gathered.finish()
    if users is not None:
        tracks = Tracks(tracks.tracks[:users], tracks.bad_rows, tracks.bad_count)
    if not tracks.tracks:
        raise TracksError(f"{path.name} holds no usable position ({tracks.bad_count} bad rows)")
    return tracks


def _texts(path: Path) -> Iterator[tuple[str, TextIO]]:
    """The files in a file, by name; nothing is written to disk."""
    if tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            for member in archive:
                content = archive.extractfile(member) if member.isfile() else None
                if content is not None and member.name.lower().endswith((".plt", ".gpx", ".csv")):
                    yield member.name, io.TextIOWrapper(content, encoding="utf-8-sig", errors="replace")
    elif path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as text:
            yield path.name.removesuffix(".gz"), text
    else:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
            yield str(path), text


def user_of(name: str) -> str:
    """Who a file is of: GeoLife keeps a person's files in `<user>/Trajectory/`; else the file's own name."""
    parts = PurePosixPath(name.replace("\\", "/"))
    if len(parts.parts) >= 3 and parts.parent.name == "Trajectory":
        return parts.parent.parent.name
    return parts.stem


def _read(gathered: _Gathered, name: str, user: str, text: TextIO) -> None:
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".plt":
        _read_plt(gathered, name, user, text)
    elif suffix == ".gpx":
        _read_gpx(gathered, name, user, text)
    elif suffix == ".csv":
        _read_csv(gathered, name, text)
    else:
        raise TracksError(f"{name}: not .plt, .gpx, .csv, one of these as .gz, or a tar of them")


def _read_plt(gathered: _Gathered, name: str, user: str, text: TextIO) -> None:
    """Six header lines, then lat,lon,0,altitude_ft,days,date,time in GMT."""
    for line, row in enumerate(text, start=1):
        if line <= PLT_HEADER_LINES or not row.strip():
            continue
        try:
            lat, lon, _zero, _altitude, _days, date, time = row.strip().split(",")
            gathered.add(user, unix_seconds(f"{date} {time}"), float(lat), float(lon))
        except ValueError as error:
            gathered.refuse(name, line, str(error))


def _read_csv(gathered: _Gathered, name: str, text: TextIO) -> None:
    reader = csv.DictReader(text)
    missing = {"user", "time_utc", "lat", "lon"} - set(reader.fieldnames or ())
    if missing:
        raise TracksError(f"{name}: the header has no {', '.join(sorted(missing))}")
    for row in reader:
        try:
            user = (row["user"] or "").strip()
            if not user:
                raise ValueError("no user")
            gathered.add(user, unix_seconds(row["time_utc"] or ""), float(row["lat"]), float(row["lon"]))
        except (ValueError, TypeError) as error:
            gathered.refuse(name, reader.line_num, str(error))


def _read_gpx(gathered: _Gathered, name: str, user: str, text: TextIO) -> None:
    """Track points of GPX 1.0 and 1.1; those without a time are of no use here. A track that has a name is of whoever
    it names, any other is of `user`."""
    count = 0
    try:
        for owner, element in _track_points(text):
            count += 1
            try:
                time = next((child.text for child in element if child.tag.endswith("time")), None)
                if time is None:
                    raise ValueError("no time")
                place = float(element.get("lat", "")), float(element.get("lon", ""))
                gathered.add(owner or user, unix_seconds(time), *place)
            except ValueError as error:
                gathered.refuse(name, count, str(error))
            element.clear()
    except (ParseError, DefusedXmlException) as error:
        gathered.refuse(name, count, f"broken off: {error}")


def _track_points(text: TextIO) -> Iterator[tuple[str, Element]]:
    """Each with the name of its track, empty when it has none. Raises ParseError where the file breaks off, or
    DefusedXmlException where it has entities, which would let a short file unfold to a huge one."""
    inside: list[str] = []
    owner = ""
    for event, element in iterparse(text, events=("start", "end")):
        tag = element.tag.rpartition("}")[2]
        if event == "start":
            inside.append(tag)
            owner = "" if tag == "trk" else owner
            continue
        inside.pop()
        if tag == "name" and inside[-1:] == ["trk"]:
            owner = (element.text or "").strip()
        elif tag == "trkpt":
            yield owner, element


_COMPACT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)\Z")


def unix_seconds(text: str) -> float:
    """ISO 8601, UTC when no zone is given. Raises ValueError."""
    found = _COMPACT.match(text)
    if found is not None:
        # Six numbers by the pattern, which mypy cannot count.
        return datetime(*(int(part) for part in found.groups()), tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]  # six numbers
    moment = datetime.fromisoformat(text.strip())
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def describe(bad_rows: Iterable[BadRow]) -> Iterator[str]:
    """One line for each, for people."""
    return (f"{row.source}:{row.line}: {row.reason}" for row in bad_rows)
