"""Sample towns, each made once for all tests: nobody can change one."""

from functools import cache

from comms.fleet import town
from comms.protocol.area import TownFile


@cache
def sample_town(*, units: int, seed: int = 7) -> TownFile:
    return town.sample_town(units=units, seed=seed)
