"""Tracks that are replayed together: where everybody was at a moment, and the moment itself. Pure but for its state.

The columns of all units lie one behind the other, in order of unit and time, so that a frame of 1,165 units is one
search and no loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from comms.domain.ids import UnitId
from comms.domain.track import GAP_S, Figures, Stop, Track, figures, find_stops, gaps

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 10.0, 30.0, 60.0)
_FAR = 1e7
"""Seconds between the keys of two units: longer than any replay."""

Floats = NDArray[np.float64]


class Presence(IntEnum):
    """How a unit is known at a moment."""

    NOT_YET = 0
    """Nothing was heard of it before."""
    HEARD = 1
    SILENT = 2
    """Last heard of before a gap, or for the last time: it stays where it was, and is not believed."""


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """One row a unit: degrees WGS-84, degrees from north (NaN when standing), a Presence."""

    lat: Floats
    lon: Floats
    heading_deg: Floats
    presence: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class UnitStory:
    """What one unit did in the time that is replayed."""

    unit_id: UnitId
    stops: tuple[Stop, ...]
    figures: Figures


class Tracks:
    """`first[i]` to `first[i + 1]` are the rows of unit i; `is_linked[row]`: nothing is missing before this row."""

    def __init__(self, unit_ids: Sequence[UnitId], tracks: Sequence[Track], *, from_at: float, to_at: float) -> None:
        """Finds stops and sums: some milliseconds a unit, so not for the interface's thread when they are many."""
        self.unit_ids = tuple(unit_ids)
        self.from_at, self.to_at = from_at, to_at
        counts = [len(track) for track in tracks]
        self.first = np.concatenate(([0], np.cumsum(counts))).astype(np.intp)
        self.at: Floats = np.concatenate([track.at for track in tracks] or [np.zeros(0)])
        self.lat: Floats = np.concatenate([track.lat for track in tracks] or [np.zeros(0)])
        self.lon: Floats = np.concatenate([track.lon for track in tracks] or [np.zeros(0)])
        self.unit = np.repeat(np.arange(len(tracks)), counts)
        self.is_linked = np.ones(len(self.at), bool)
        self.is_linked[self.first[:-1][np.array(counts, int) > 0]] = False
        for start, track in zip(self.first.tolist(), tracks, strict=False):
            self.is_linked[start + 1 + gaps(track)] = False
        self.stories = tuple(
            UnitStory(unit_id, tuple(find_stops(track)), figures(track))
            for unit_id, track in zip(self.unit_ids, tracks, strict=True)
        )
        self._keys = self.unit * _FAR + (self.at - from_at)
        self._bases = np.arange(len(tracks)) * _FAR
        self._until: tuple[float, NDArray[np.intp]] = (np.nan, self.first[:-1])
        """The last moment that was looked up: a frame asks for it twice."""

    def __len__(self) -> int:
        return len(self.unit_ids)

    @cached_property
    def heard(self) -> tuple[float, float]:
        """From the first reading to the last; the whole time when there is none."""
        if not len(self.at):
            return self.from_at, self.to_at
        return float(self.at.min()), float(self.at.max())

    def rows_until(self, at: float) -> NDArray[np.intp]:
        """For each unit the row after its last reading up to this moment."""
        span_s = min(max(at - self.from_at, 0.0), _FAR / 2)
        if span_s != self._until[0]:
            self._until = span_s, np.searchsorted(self._keys, self._bases + span_s, side="right")
        return self._until[1]

    def heads(self, at: float) -> Heads:
        """Between two readings on the straight line, unless there is a gap: then nobody knows."""
        count, at = len(self), max(at, self.from_at)
        lat, lon, heading = (np.full(count, np.nan) for _ in range(3))
        presence = np.zeros(count, np.uint8)
        after = self.rows_until(at)
        known = np.flatnonzero(after > self.first[:-1])
        if not len(known):
            return Heads(lat, lon, heading, presence)
        here = after[known] - 1
        there = np.minimum(after[known], len(self.at) - 1)
        is_linked = (after[known] < self.first[1:][known]) & self.is_linked[there]
        there = np.where(is_linked, there, here)
        span_s = np.maximum(self.at[there] - self.at[here], 1e-9)
        share = np.where(is_linked, (at - self.at[here]) / span_s, 0.0)
        north, east = self.lat[there] - self.lat[here], self.lon[there] - self.lon[here]
        lat[known], lon[known] = self.lat[here] + north * share, self.lon[here] + east * share
        east = east * np.cos(np.radians(self.lat[here]))
        heading[known] = np.where(np.hypot(north, east) > 1e-6, np.degrees(np.arctan2(east, north)) % 360.0, np.nan)
        is_heard = is_linked | (at - self.at[here] <= GAP_S)
        presence[known] = np.where(is_heard, Presence.HEARD, Presence.SILENT)
        return Heads(lat, lon, heading, presence)

    def density(self, bins: int) -> NDArray[np.int64]:
        """Readings that moved, in equal parts of the whole time."""
        is_step = self.is_linked.copy()
        moved = np.hypot(np.diff(self.lat, prepend=np.nan), np.diff(self.lon, prepend=np.nan)) > 1e-5
        counts, _ = np.histogram(self.at[is_step & moved], bins, (self.from_at, self.to_at))
        return counts


class Playing:
    """The moment that is shown, and how it goes on."""

    def __init__(self, tracks: Tracks) -> None:
        self.tracks = tracks
        self.at = tracks.heard[0]
        self.speed = 10.0
        self.is_playing = False
        self.is_looping = False

    def toggle(self) -> None:
        """At the end, play begins anew."""
        first, last = self.tracks.heard
        if not self.is_playing and self.at >= last:
            self.at = first
        self.is_playing = not self.is_playing

    def change_speed(self, steps: int) -> None:
        index = SPEEDS.index(self.speed) + steps
        self.speed = SPEEDS[min(len(SPEEDS) - 1, max(0, index))]

    def seek(self, at: float) -> None:
        self.at = min(max(at, self.tracks.from_at), self.tracks.to_at)

    def advance(self, elapsed_s: float) -> None:
        """So many seconds of the officer's time went by."""
        if not self.is_playing:
            return
        first, last = self.tracks.heard
        self.at += elapsed_s * self.speed
        if self.at >= last:
            self.at = first if self.is_looping else last
            self.is_playing = self.is_looping
