"""Who waits for a floor, and before whom."""

from dataclasses import dataclass

from comms.domain.floor_effect import Queued
from comms.domain.ids import PartyId, party_officer

OFFICER_BASE = 8
"""What an officer has ahead of every unit: unit priorities are 0 to 7."""


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """Effective priority: emergency before all, then the number. Time decides between equals."""

    is_emergency: bool = False
    level: int = 0


LOWEST = Rank()


def effective_rank(party: PartyId, *, priority: int, is_emergency: bool) -> Rank:
    """The rank of a request. An officer comes before every unit; `priority` (0 to 7) orders among alike."""
    base = OFFICER_BASE if party_officer(party) is not None else 0
    return Rank(is_emergency, base + priority)


@dataclass(slots=True)
class _Waiting:
    party: PartyId
    rank: Rank
    told: int | None = None
    """The place last told; None when nothing was said since the (last) request."""


class FloorQueue:
    """Waiting parties by rank, then time. Place 1 is next."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def parties(self) -> tuple[PartyId, ...]:
        return tuple(waiting.party for waiting in self._waiting)

    @property
    def highest(self) -> Rank | None:
        return self._waiting[0].rank if self._waiting else None

    def place(self, party: PartyId) -> int:
        """0 when it does not wait."""
        parties = self.parties
        return parties.index(party) + 1 if party in parties else 0

    def put(self, party: PartyId, rank: Rank) -> None:
        """Behind its equals. One that waits already keeps its turn, or moves up when its rank has risen."""
        place = self.place(party)
        if place:
            known = self._waiting[place - 1]
            known.told = None
            if rank <= known.rank:
                return
            del self._waiting[place - 1]
        before = sum(waiting.rank >= rank for waiting in self._waiting)
        self._waiting.insert(before, _Waiting(party, rank))

    def remove(self, party: PartyId) -> bool:
        """True when it did wait."""
        place = self.place(party)
        if place:
            del self._waiting[place - 1]
        return place > 0

    def pop(self) -> tuple[PartyId, Rank, bool]:
        """The next one, its rank, and whether it was ever told that it waits."""
        head = self._waiting.pop(0)
        return head.party, head.rank, head.told is not None

    def news(self) -> tuple[Queued, ...]:
        """One for everyone whose place is new to him; said once."""
        told = []
        for place, waiting in enumerate(self._waiting, start=1):
            if waiting.told != place:
                waiting.told = place
                told.append(Queued(waiting.party, place, len(self._waiting)))
        return tuple(told)
