"""When a position is old: by how often its unit reports, not by one limit for all. Vectorised, without state."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FIRST_INTERVAL_S = 15.0
"""Taken for a unit nobody has heard of twice: its position is then stale after a minute."""
LEAST_INTERVAL_S, MOST_INTERVAL_S = 5.0, 60.0
RISE, FALL = 0.5, 0.25
"""How much of a longer, and of a shorter, interval is believed at once: to call a unit silent wrongly is worse than
to believe it some seconds more."""
MISSED = 4
"""A position is stale when about so many reports have failed to come …"""
STALE_MOST_S = 60.0
"""… or after a minute, unless its unit is known to report more seldom than twice in that time."""
STANDING_MPS = 0.5
"""A terminal that stands may be silent for a minute, see `comms.domain.track.GAP_S`."""
VERY_STALE = 5.0
"""So many times the age at which it became stale."""

Singles = NDArray[np.float32]


def smoothed_intervals(held_s: Singles, gaps_s: NDArray[Any]) -> Singles:
    """Intervals after another reading, so many seconds after the one before (NaN, 0 or less: says nothing)."""
    bounded = np.clip(gaps_s, LEAST_INTERVAL_S, MOST_INTERVAL_S).astype(np.float32)
    step = bounded - held_s
    step *= np.where(step > 0, np.float32(RISE), np.float32(FALL))
    return np.where(gaps_s > 0, held_s + step, held_s)


def stale_after_s(intervals_s: Singles, speeds_mps: Singles) -> Singles:
    """20 s for a unit that reports every 5 s and moves, 60 s from every 15 s on, 120 s for one that reports every 60 s.
    One that stands has 60 s at the least."""
    limits = np.maximum(np.minimum(MISSED * intervals_s, STALE_MOST_S), 2 * intervals_s)
    return np.where(speeds_mps < STANDING_MPS, np.maximum(limits, STALE_MOST_S), limits).astype(np.float32)
