"""City parts (部件) and risk sources (风险源) of the sample town, as many as one city's pilot counted."""

import random
from collections.abc import Sequence

from comms.fleet.town_catalogue import CAMERA_CLASSES, PART_CLASSES, PART_NAMES, RISK_KINDS, RISK_NAMES
from comms.fleet.town_plan import Block, Plan
from comms.protocol.area import CityPart, RiskSource

PARTS, RISKS = 2837, 359
"""As Dongguan's city-wide picture had them."""
Owners = Sequence[tuple[str, Block]]
"""A village's name and one of its grids."""


def city_parts(plan: Plan, owners: Owners, roll: random.Random) -> tuple[CityPart, ...]:
    """Along the edges of the blocks, where streets are."""
    made = []
    for number in range(1, PARTS + 1):
        village, block = owners[roll.randrange(len(owners))]
        category = PART_CLASSES[number % len(PART_CLASSES)]
        lat, lon = _place(plan, block, roll, depth=0.08)
        name = f"{village[:2]}{roll.choice(PART_NAMES[category])} {number:04d}"
        made.append(CityPart(id=f"b{number:05d}", name=name, category=category, lat=lat, lon=lon))
    return tuple(made)


def risk_sources(plan: Plan, owners: Owners, roll: random.Random) -> tuple[RiskSource, ...]:
    made = []
    for number in range(1, RISKS + 1):
        village, block = owners[roll.randrange(len(owners))]
        category = RISK_KINDS[number % len(RISK_KINDS)]
        lat, lon = _place(plan, block, roll, depth=0.6)
        made.append(
            RiskSource(
                id=f"r{number:04d}",
                name=f"{village[:2]}{RISK_NAMES[category]} {number:03d}",
                category=category,
                lat=lat,
                lon=lon,
                level=roll.choices((1, 2, 3, 4), weights=(2, 8, 30, 60))[0],
                keeper=f"{village}安全专员",
            )
        )
    return tuple(made)


def camera_class(number: int) -> str:
    """Two in five watch for public safety, one in five the traffic, the rest everything else in turn."""
    return CAMERA_CLASSES[(0, 0, 1, 2 + number % (len(CAMERA_CLASSES) - 2), 0)[number % 5]]


def _place(plan: Plan, block: Block, roll: random.Random, *, depth: float) -> tuple[float, float]:
    column, row = roll.randrange(block.west, block.east), roll.randrange(block.south, block.north)
    return plan.inside(column, row, east=roll.uniform(0.05, 0.95), north=roll.uniform(0.02, depth))
