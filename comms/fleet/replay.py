"""Real people's tracks walked again by units: each user is one unit, all on one clock, at a chosen speed."""

from collections.abc import Sequence
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from comms.domain.position import Fix, distance_m
from comms.fleet.tracks import Track

LONGEST_SILENCE_S = 600.0
"""Between readings further apart than this there was no position: the unit sends none."""
TOGETHER_S = 2 * 86_400.0
"""Tracks of more days than this are not replayed on a common calendar but each from its own first reading, with
pauses cut to LONGEST_SILENCE_S: nobody waits years for somebody to move."""
_MEAN_BATTERY_PCT = 80


class Replay:
    """Row i replays track i (modulo their number). `speed` 1 to 60. Begins again when the last track has ended."""

    def __init__(self, tracks: Sequence[Track], *, rows: int, speed: float, start_s: float) -> None:
        if not tracks:
            raise ValueError("there is no track to replay")
        offsets = _offsets(tracks)
        self._tracks = [tracks[row % len(tracks)] for row in range(rows)]
        self._offsets = [offsets[row % len(tracks)] for row in range(rows)]
        self._length_s = max(float(offset[-1]) for offset in offsets) + LONGEST_SILENCE_S
        self._speed = speed
        self._start_s = start_s
        self._now_s = start_s

    @property
    def length_s(self) -> float:
        """Of the whole replay, in seconds of the tracks."""
        return self._length_s

    def advance(self, now_s: float) -> None:
        self._now_s = now_s

    def _played_s(self) -> float:
        return (self._now_s - self._start_s) * self._speed % self._length_s

    def fix(self, row: int, *, at: float) -> Fix | None:
        """Between two readings, on the straight line; None before the first, after the last and in long silences."""
        track, offset, played_s = self._tracks[row], self._offsets[row], self._played_s()
        after = int(np.searchsorted(offset, played_s, side="right"))
        if after == 0 or after == len(offset):
            return None
        gap_s = float(offset[after] - offset[after - 1])
        if gap_s >= LONGEST_SILENCE_S:
            return None
        share = (played_s - float(offset[after - 1])) / gap_s
        here, there = after - 1, after
        lat = float(track.lat[here] * (1 - share) + track.lat[there] * share)
        lon = float(track.lon[here] * (1 - share) + track.lon[there] * share)
        speed_mps, heading_deg = _motion(track, here, there, gap_s)
        return Fix(
            at=at,
            lat=round(lat, 7),
            lon=round(lon, 7),
            accuracy_m=10.0,
            heading_deg=heading_deg,
            speed_mps=speed_mps,
            battery_pct=_MEAN_BATTERY_PCT,
        )

    # --- people of the past go where they went, whatever they are told ----------------------------------------

    def send(self, row: int, *, lat: float, lon: float) -> None:
        return

    def has_arrived(self, row: int) -> bool:
        return True

    def hold(self, row: int) -> None:
        return

    def release(self, row: int) -> None:
        return

    def at(self, row: int) -> tuple[float, float]:
        """Where it is, or was last, or will be first."""
        fix = self.fix(row, at=0.0)
        if fix is not None:
            return fix.lat, fix.lon
        track = self._tracks[row]
        index = max(0, int(np.searchsorted(self._offsets[row], self._played_s(), side="right")) - 1)
        return float(track.lat[index]), float(track.lon[index])


def _offsets(tracks: Sequence[Track]) -> list[NDArray[np.float64]]:
    """Seconds from the beginning of the replay for each reading of each track."""
    first = min(float(track.at[0]) for track in tracks)
    last = max(float(track.at[-1]) for track in tracks)
    if last - first <= TOGETHER_S:
        return [track.at - first for track in tracks]
    return [np.concatenate(([0.0], np.cumsum(np.minimum(np.diff(track.at), LONGEST_SILENCE_S)))) for track in tracks]


def _motion(track: Track, here: int, there: int, gap_s: float) -> tuple[float | None, float | None]:
    """Speed (m/s) and heading (degrees from north) between two readings; no heading when standing."""
    lat_a, lon_a = float(track.lat[here]), float(track.lon[here])
    lat_b, lon_b = float(track.lat[there]), float(track.lon[there])
    metres = distance_m(lat_a=lat_a, lon_a=lon_a, lat_b=lat_b, lon_b=lon_b)
    speed_mps = metres / max(gap_s, 1e-3)
    if metres < 1.0 or not isfinite(speed_mps):
        return 0.0, None
    east = (lon_b - lon_a) * float(np.cos(np.radians(lat_a)))
    return round(speed_mps, 2), round(float(np.degrees(np.arctan2(east, lat_b - lat_a))) % 360.0, 1)
