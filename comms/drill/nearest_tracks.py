"""Who was nearest at a moment of a drill, from the tracks that its gateway kept beside the journal."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from comms.domain.ids import UnitId
from comms.domain.order import Place
from comms.domain.position import distances_m
from comms.domain.track import Track
from comms.journal.tracks import FILE_NAME, TrackStore

OLDEST_S = 300.0
"""Whoever was not heard of for longer is nowhere."""
MARGIN_S = 900.0


class NearestByTracks:
    """Called with place, Unix second and count, as `expectation_watch.Nearest` asks; by the straight line."""

    def __init__(self, tracks: Mapping[UnitId, Track]) -> None:
        self._tracks = [(unit_id, track) for unit_id, track in sorted(tracks.items()) if len(track)]

    def __call__(self, place: Place, at: float, count: int) -> list[UnitId]:
        heard = list(self.positions(at).items())
        if not heard:
            return []
        lats, lons = (np.array([where[column] for _, where in heard]) for column in (0, 1))
        order = np.argsort(distances_m(lats, lons, lat=place.lat, lon=place.lon), kind="stable")
        return [heard[row][0] for row in order[:count]]

    def positions(self, at: float) -> dict[UnitId, tuple[float, float]]:
        """Latitude and longitude of everybody who was heard of lately, in the order of their ids."""
        heard = {}
        for unit_id, track in self._tracks:
            row = int(np.searchsorted(track.at, at, side="right")) - 1
            if row >= 0 and at - track.at[row] <= OLDEST_S:
                heard[unit_id] = (float(track.lat[row]), float(track.lon[row]))
        return heard


def nearest_of(data: Path, unit_ids: Iterable[UnitId], *, from_at: float, to_at: float) -> NearestByTracks | None:
    """None where no tracks were kept. They are read from a copy, so that what was recorded stays as it was."""
    kept = data / FILE_NAME
    if not kept.exists():
        return None
    with tempfile.TemporaryDirectory(prefix="wangge-tracks-") as folder:
        for path in data.glob(f"{FILE_NAME}*"):
            shutil.copyfile(path, Path(folder) / path.name)
        store = TrackStore(Path(folder), now=lambda: to_at, keep_days=36_500.0)
        try:
            return NearestByTracks(
                {unit_id: store.read_now(unit_id, from_at - MARGIN_S, to_at + MARGIN_S) for unit_id in unit_ids}
            )
        finally:
            store.close()
