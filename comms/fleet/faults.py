"""What goes wrong in the field, by name, seeded: the same units suffer the same things in every run."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from comms.domain.ids import UnitId
from comms.domain.position import Fix


class Fault(StrEnum):
    # as long as the terminal runs
    BATTERY_LOW = "battery_low"
    REFUSE_CAMERA = "refuse_camera"
    TALK_TOO_LONG = "talk_too_long"
    """Never lets go of the key, and talks on for a while after the floor was revoked."""
    DIE_TALKING = "die_talking"
    """Loses its network a second into every talk burst."""
    CLOCK_AHEAD = "clock_ahead"
    NULL_ISLAND = "null_island"
    SAY_TWICE = "say_twice"
    """Sends every durable command twice."""
    DEAF_TO_CALLS = "deaf_to_calls"
    """Neither answers nor rejects."""
    STRAY = "stray"
    """Works more than two kilometres away from its own grid."""
    SPEED = "speed"
    """Rides at 90 km/h."""
    GO_SILENT = "go_silent"
    """Stays connected and, after a few readings, reports no position."""
    # now and then
    LOSE_NETWORK = "lose_network"
    HALF_OPEN = "half_open"
    GARBAGE = "garbage"
    LOSE_MEDIA = "lose_media"
    """The UDP path goes while the WebSocket stays."""


OCCASIONAL = frozenset({Fault.LOSE_NETWORK, Fault.HALF_OPEN, Fault.GARBAGE, Fault.LOSE_MEDIA})
BETWEEN_S = (20.0, 120.0)
"""From the end of one occasional fault to the next on the same terminal."""
LASTS_S = (3.0, 20.0)
LOW_BATTERY_PCT = 3
CLOCK_AHEAD_S = 3600.0
STRAY_DEG = 0.02
FAST_MPS = 25.0
TALKS_ON_S = 6.0
DIES_AFTER_S = 1.0
GARBAGE = (b"{", b'{"kind":"no.such.thing","id":"g"}', b'{"kind":"position.report","id":"g","fixes":[]}', b"\x00")


class UnknownFaultError(ValueError):
    """No fault of that name, or a rate that is no share."""


def parse_faults(words: Iterable[str]) -> dict[Fault, float]:
    """`NAME=rate`, rate being the share of terminals in 0 to 1. Raises UnknownFaultError."""
    rates: dict[Fault, float] = {}
    for word in words:
        name, _, rate = word.partition("=")
        try:
            rates[Fault(name)] = float(rate)
        except ValueError:
            known = ", ".join(Fault)
            raise UnknownFaultError(f"{word!r} is not NAME=rate with a name of: {known}") from None
        if not 0.0 <= rates[Fault(name)] <= 1.0:
            raise UnknownFaultError(f"the rate of {word!r} is not between 0 and 1")
    return rates


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """Who suffers from what. Depends on seed, fault and unit alone: not on how many others there are."""

    rates: Mapping[Fault, float] = field(default_factory=dict)
    seed: int = 0

    def of(self, unit_id: UnitId) -> frozenset[Fault]:
        # Not for secrecy: a run must be repeatable.
        return frozenset(
            fault
            for fault, rate in self.rates.items()
            if random.Random(f"{self.seed}/{fault}/{unit_id}").random() < rate
        )


def afflict(fix: Fix, faults: Iterable[Fault]) -> Fix:
    """The reading a faulty terminal would send instead."""
    lat, lon, at, battery_pct, speed_mps = fix.lat, fix.lon, fix.at, fix.battery_pct, fix.speed_mps
    for fault in faults:
        if fault is Fault.NULL_ISLAND:
            lat, lon = 0.0, 0.0
        elif fault is Fault.STRAY:
            lat += STRAY_DEG
        elif fault is Fault.SPEED:
            speed_mps = FAST_MPS
        elif fault is Fault.CLOCK_AHEAD:
            at += CLOCK_AHEAD_S
        elif fault is Fault.BATTERY_LOW:
            battery_pct = LOW_BATTERY_PCT
    return Fix(
        at=at,
        lat=lat,
        lon=lon,
        accuracy_m=fix.accuracy_m,
        heading_deg=fix.heading_deg,
        speed_mps=speed_mps,
        battery_pct=battery_pct,
    )
