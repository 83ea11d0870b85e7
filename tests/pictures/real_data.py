"""Real files as the desk takes them in: boundaries as grids, tracks as a gateway tells them, cameras as a table."""

import csv
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from comms.domain.ids import JurisdictionId, UnitId
from comms.domain.jurisdiction import Jurisdiction, Level
from comms.domain.track import Track, thinned
from comms.fleet.tracks import Track as Walked
from comms.protocol import pushes
from comms.protocol.area import Area, Grid, KeyPlace
from comms.protocol.track_chunk import encode_chunk, rows_of
from comms.protocol.track_commands import TrackRead
from console.layers.features import Geometry
from console.layers.files.reading import Request, read

CITY = JurisdictionId("441900")
DATA = tuple(parent / "shared" / "data" for parent in Path(__file__).parents[2:5])


def data_folder() -> Path | None:
    """Beside the project; None where there is none."""
    return next((place for place in DATA if place.is_dir()), None)


def towns_of(path: Path, datum: str) -> tuple[tuple[Grid, ...], tuple[Jurisdiction, ...]]:
    """A file of boundaries as the grids of a city, and who they are."""
    reading = read(Request(path=str(path), reference=datum))
    towns = next(one for one in reading.features if one.geometry is Geometry.POLYGON)
    assert towns.shapes is not None
    grids = []
    for row, shape in enumerate(towns.shapes):
        largest = max(shapely.get_parts(shape), key=shapely.area)
        rings = [largest.exterior, *largest.interiors]
        grids.append(
            Grid(
                jurisdiction_id=JurisdictionId(f"{CITY}/t{row:02d}"),
                name=towns.name(row),
                rings=tuple(tuple((lat, lon) for lon, lat in ring.coords[:-1]) for ring in rings),
            )
        )
    nodes = [Jurisdiction(id=grid.jurisdiction_id, name=grid.name, level=Level.TOWN) for grid in grids]
    return tuple(grids), (Jurisdiction(id=CITY, name="东莞市", level=Level.CITY), *nodes)


def places_of(files: Mapping[str, Path]) -> Area:
    """Key places by category."""
    places: list[KeyPlace] = []
    for category, path in files.items():
        (features,) = read(Request(path=str(path), reference="wgs84")).features
        addresses = features.columns["address"]
        places += [
            KeyPlace(
                id=f"{category}{row}", name=features.name(row), category=category, lat=float(features.lat[row]),
                lon=float(features.lon[row]), address=str(addresses[row]),
            )
            for row in range(len(features))
        ]  # fmt: skip
    lat, lon = np.array([(place.lat, place.lon) for place in places]).T
    south, north = np.quantile(lat, (0.02, 0.98)).tolist()
    west, east = np.quantile(lon, (0.02, 0.98)).tolist()
    return Area(name="上海市", bounds=(south, west, north, east), places=tuple(places))


def cameras_as_csv(path: Path, target: Path) -> Path:
    """A packed list of JSON objects as a table, as an officer would export it."""
    found: Any = json.loads(gzip.decompress(path.read_bytes()))
    rows = found if isinstance(found, list) else [
        {"name": one["description"], **one} for state in found.values() for county in state.values() for one in county
    ]  # fmt: skip
    names = list(dict.fromkeys(name for row in rows for name in row))
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return target


def pages_of(tracks: Mapping[UnitId, Walked]) -> Callable[[TrackRead], pushes.TrackPage]:
    """Answers as a gateway that kept these."""

    def answer(command: TrackRead) -> pushes.TrackPage:
        found = tuple(_told(unit_id, tracks[unit_id], command) for unit_id in command.unit_ids)
        return pushes.TrackPage(id=command.id, tracks=found)

    return answer


def _told(unit_id: UnitId, walked: Walked, command: TrackRead) -> pushes.UnitTrack:
    unknown = np.full(len(walked), np.nan, np.float32)
    track = Track(walked.at, walked.lat, walked.lon, unknown, unknown, unknown, unknown)
    track = track.between(command.from_at, command.to_at)
    if command.most_readings is not None:
        track = thinned(track, command.most_readings)
    return pushes.UnitTrack(unit_id=unit_id, data=encode_chunk(rows_of(track)))


def busiest_moment(tracks: Sequence[Walked], *, slot_s: float = 600.0) -> float:
    """When most of these people moved; of several such times the middle one."""
    slots, counts = np.unique(np.concatenate([np.unique(track.at // slot_s) for track in tracks]), return_counts=True)
    most = slots[counts == counts.max()]
    return float(most[len(most) // 2] * slot_s + slot_s / 2)
