"""Which incidents tell of the same thing: by place, time, kind and words, with a score and its reasons. No model.

Open incidents lie in cells of the ground, so one is compared with its neighbours only. Words are compared by pairs of
Chinese characters and by whole other words: what two texts have in common of what both have."""

import re
from collections.abc import Iterable
from math import cos, hypot, radians

import msgspec

from comms.domain.ids import IncidentId
from comms.domain.incident import Incident
from comms.domain.merge import Ground, Reason

METRES_A_DEGREE = 111_195.0
_PIECES = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")


class DuplicateRules(msgspec.Struct, frozen=True, kw_only=True):
    """What counts how much. Weights say how many points (of 100) something is worth at its best."""

    reach_m: float = 250.0
    """Nothing farther away is compared."""
    reach_s: float = 14 * 86_400.0
    place_points: float = 45.0
    time_points: float = 15.0
    kind_points: float = 25.0
    text_points: float = 15.0
    near_m: float = 60.0
    """At this distance half of the points for the place are left."""
    near_s: float = 2 * 86_400.0
    least_points: float = 72.0
    """From here on it is suggested."""
    other_kind_text: float = 0.35
    """What is of another kind has to have so much of its words in common, or it is not compared."""


RULES = DuplicateRules()


class Duplicate(msgspec.Struct, frozen=True):
    """`points` of 100. The reasons that weigh most come first."""

    incident_id: IncidentId
    points: float
    reasons: tuple[Reason, ...]


class _Held(msgspec.Struct, frozen=True):
    incident: Incident
    at: float
    pieces: frozenset[str]


_Cell = tuple[int, int]


class DuplicateIndex:
    """Incidents that may be what another one is a duplicate of. Adding and dropping take a fixed time."""

    def __init__(self, rules: DuplicateRules = RULES) -> None:
        self._rules = rules
        self._held: dict[IncidentId, _Held] = {}
        self._cells: dict[_Cell, dict[IncidentId, _Held]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, incident_id: IncidentId) -> bool:
        return incident_id in self._held

    def add(self, incident: Incident, *, at: float) -> None:
        """`at`: when it was reported, Unix seconds. One that is known already is replaced."""
        self.drop(incident.id)
        held = _Held(incident, at, pieces(words_of(incident)))
        self._held[incident.id] = held
        self._cells.setdefault(self._cell(incident), {})[incident.id] = held

    def drop(self, incident_id: IncidentId) -> None:
        held = self._held.pop(incident_id, None)
        if held is not None:
            cell = self._cell(held.incident)
            del self._cells[cell][incident_id]
            if not self._cells[cell]:
                del self._cells[cell]

    def suggest(self, incident: Incident, *, at: float, most: int = 5) -> list[Duplicate]:
        """The likeliest first; never itself. Earlier and later ones alike: who is the first is not asked here."""
        wanted = _Held(incident, at, pieces(words_of(incident)))
        found = (compare(wanted, other, self._rules) for other in self._near(incident))
        likely = [one for one in found if one is not None and one.points >= self._rules.least_points]
        likely.sort(key=lambda one: (-one.points, one.incident_id))
        return likely[:most]

    def _near(self, incident: Incident) -> Iterable[_Held]:
        row, column = self._cell(incident)
        for y in (row - 1, row, row + 1):
            for x in (column - 1, column, column + 1):
                for other in self._cells.get((y, x), {}).values():
                    if other.incident.id != incident.id:
                        yield other

    def _cell(self, incident: Incident) -> _Cell:
        """Cells are as high as the reach, and at least as wide in their own row and the two beside it."""
        row = int(incident.place.lat * METRES_A_DEGREE // self._rules.reach_m)
        return row, int(incident.place.lon * METRES_A_DEGREE * _shrinking(incident.place.lat) // self._rules.reach_m)


def _shrinking(lat: float) -> float:
    """How much shorter a degree of longitude is; the same for a whole degree of latitude, so that cells line up."""
    return max(0.02, cos(radians(min(89.0, abs(int(lat)) + 1))))


def words_of(incident: Incident) -> str:
    return f"{incident.text} {incident.place.text}"


def pieces(words: str) -> frozenset[str]:
    """Pairs of Chinese characters, and whole words of letters and digits."""
    found: set[str] = set()
    for piece in _PIECES.findall(words.casefold()):
        if piece[0] < "\u3400" or len(piece) == 1:
            found.add(piece)
        else:
            found.update(piece[at : at + 2] for at in range(len(piece) - 1))
    return frozenset(found)


def likeness(left: frozenset[str], right: frozenset[str]) -> float:
    """What both have in common of what the two have on average, 0 to 1 (Dice)."""
    whole = len(left) + len(right)
    return 2 * len(left & right) / whole if whole else 0.0


def metres_between(left: Incident, right: Incident) -> float:
    """On the flat: fit for some hundred metres."""
    north = (left.place.lat - right.place.lat) * METRES_A_DEGREE
    east = (left.place.lon - right.place.lon) * METRES_A_DEGREE * cos(radians(left.place.lat))
    return hypot(north, east)


def compare(left: _Held, right: _Held, rules: DuplicateRules) -> Duplicate | None:
    """How likely `right` is what `left` tells of; None when they are too far apart in any way."""
    metres, seconds = metres_between(left.incident, right.incident), abs(left.at - right.at)
    if metres > rules.reach_m or seconds > rules.reach_s:
        return None
    text = likeness(left.pieces, right.pieces)
    is_same_kind = left.incident.kind == right.incident.kind
    if not is_same_kind and text < rules.other_kind_text:
        return None
    points = {
        Reason(Ground.PLACE, metres): rules.place_points * 0.5 ** (metres / rules.near_m),
        Reason(Ground.TIME, seconds): rules.time_points * 0.5 ** (seconds / rules.near_s),
        Reason(Ground.SAME_KIND, 1.0): rules.kind_points * is_same_kind,
        Reason(Ground.TEXT, text): rules.text_points * text,
    }
    reasons = sorted((one for one, worth in points.items() if worth >= 1.0), key=lambda one: -points[one])
    return Duplicate(right.incident.id, sum(points.values()), tuple(reasons))


def reasons_between(left: Incident, right: Incident, *, apart_s: float) -> tuple[Reason, ...]:
    """What speaks for two incidents being one, the weightiest first; nothing when they are too far apart."""
    held = (_Held(left, 0.0, pieces(words_of(left))), _Held(right, abs(apart_s), pieces(words_of(right))))
    found = compare(*held, RULES)
    return found.reasons if found is not None else ()
