"""Who is watched by which fence: homes and talkgroups of all units as columns, asked for a fence at a time."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from comms.domain.fence import Fence
from comms.domain.ids import JurisdictionId, TalkgroupId, UnitId
from comms.domain.jurisdiction import contains
from comms.domain.order import JurisdictionTarget, TalkgroupTarget, UnitsTarget
from comms.domain.unit import Unit
from comms.gateway.fence_outline import Bools, Rows


class Roster:
    """Units by row. 10,000 of them answer for one fence within 2 ms, as few live in the same place."""

    def __init__(self) -> None:
        self._units: list[Unit] = []
        self._rows: dict[UnitId, int] = {}
        self._codes: dict[JurisdictionId, int] = {}
        """A number for each home."""
        self._home_codes: list[int] = []
        self._members: defaultdict[TalkgroupId, list[int]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._units)

    @property
    def rows(self) -> dict[UnitId, int]:
        return self._rows

    def add(self, units: Iterable[Unit]) -> None:
        for unit in units:
            row = self._rows[unit.id] = len(self._units)
            self._units.append(unit)
            self._home_codes.append(self._codes.setdefault(unit.jurisdiction_id, len(self._codes)))
            for talkgroup_id in unit.talkgroup_ids:
                self._members[talkgroup_id].append(row)

    def watched(self, fence: Fence, first: int = 0) -> Bools:
        """Which of the rows from `first` on: never one outside the jurisdiction that owns the fence."""
        codes, places = np.unique(np.array(self._home_codes[first:], np.intp), return_inverse=True)
        homes = list(self._codes)
        named = [homes[code] for code in codes]
        owned = _within(fence.jurisdiction_id, named)
        match fence.subject:
            case UnitsTarget(unit_ids=unit_ids):
                return owned[places] & self._are_among(first, (self._rows.get(unit_id, -1) for unit_id in unit_ids))
            case TalkgroupTarget(talkgroup_id=talkgroup_id):
                return owned[places] & self._are_among(first, self._members.get(talkgroup_id, ()))
            case JurisdictionTarget(jurisdiction_id=jurisdiction_id):
                return np.asarray((owned & _within(jurisdiction_id, named))[places], np.bool_)

    def _are_among(self, first: int, rows: Iterable[int]) -> Bools:
        found: Rows = np.fromiter(rows, np.intp)
        among = np.zeros(len(self._units) - first, np.bool_)
        among[found[found >= first] - first] = True
        return among


def _within(node: JurisdictionId, homes: list[JurisdictionId]) -> Bools:
    return np.fromiter((contains(node, home) for home in homes), np.bool_, len(homes))
