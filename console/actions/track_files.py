"""Tracks as files others read: GPX 1.1, a track for each unit and a segment between gaps, and CSV."""

import csv
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from gpxpy.gpx import GPX, GPXTrack, GPXTrackPoint, GPXTrackSegment

from console.store.tracks import Tracks

HEADER = ("user", "time_utc", "lat", "lon", "name")


def write_tracks(path: Path, tracks: Tracks, names: Sequence[str]) -> None:
    """Whole or not at all. GPX when the name ends so, else CSV. Raises OSError."""
    partial = path.with_name(f".{path.name}.part")
    try:
        if path.suffix.lower() == ".gpx":
            partial.write_text(_gpx(tracks, names), encoding="utf-8")
        else:
            _write_csv(partial, tracks, names)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(round(at, 1), UTC)


def _gpx(tracks: Tracks, names: Sequence[str]) -> str:
    gpx = GPX()
    gpx.creator = "Wangge Desk"
    for unit_id, name, start, end in zip(
        tracks.unit_ids, names, tracks.first[:-1].tolist(), tracks.first[1:].tolist(), strict=True
    ):
        track = GPXTrack(name=unit_id, description=name)
        for row in range(start, end):
            if not track.segments or not tracks.is_linked[row]:
                track.segments.append(GPXTrackSegment())
            track.segments[-1].points.append(
                GPXTrackPoint(
                    round(float(tracks.lat[row]), 7), round(float(tracks.lon[row]), 7), time=_moment(tracks.at[row])
                )
            )
        if track.segments:
            gpx.tracks.append(track)
    return str(gpx.to_xml("1.1"))


def _write_csv(path: Path, tracks: Tracks, names: Sequence[str]) -> None:
    """With a byte order mark, so that a spreadsheet reads the names."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for row, unit in enumerate(tracks.unit.tolist()):
            moment = _moment(tracks.at[row]).isoformat().replace("+00:00", "Z")
            place = f"{tracks.lat[row]:.7f}", f"{tracks.lon[row]:.7f}"
            writer.writerow((tracks.unit_ids[unit], moment, *place, names[unit]))
