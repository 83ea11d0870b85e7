"""Suggested duplicates against what the people of a city found to be duplicates, and against the plain rule.

Labels come from the feed itself (Boston, second half of 2011): a request that was closed as a duplicate and names the
request it repeats («Duplicate of Existing Case See Crm# 295724») is a true pair, when that request is in the feed too,
and was opened at most 30 days before or after. Each request is asked about when it arrives, among those then open; a
pair of which the first was closed by then can be found by nobody and is left out. A suggestion counts as right when its
pair is a label, also through a third (A of B, C of B: A and C). Requests closed as duplicates without a number say that
there is an original, not which: what is suggested for them is left out of precision. Everything else suggested counts
as wrong, though nobody may have noticed: precision is a lower bound, for the plain rule as for ours. The thresholds
were chosen on the first three months; the rest is what is printed.
"""

import csv
import heapq
import io
import re
import sys
import time
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from comms.domain.duplicates import DuplicateIndex, metres_between
from comms.domain.ids import IncidentId, JurisdictionId
from comms.domain.incident import Incident
from comms.domain.order import Place
from tests.bench.record import Record, record, table
from tests.pictures.real_data import DATA

FEED = Path("orders_boston311/311_service_requests_2011.zip")
TUNING_UNTIL = datetime(2011, 10, 1).timestamp()
PAIR_S, PLAIN_M, PLAIN_S = 30 * 86_400.0, 200.0, 7_200.0
MANY = 20_000
_NUMBER = re.compile(r"(?:crm|case|cn|see|of|to)\W*#?\s*(?:101000)?(\d{6})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    incident: Incident
    at: float
    closed_at: float
    is_duplicate: bool
    original: IncidentId | None


@dataclass(slots=True)
class Score:
    """Suggestions in all and right ones, pairs to be found and found ones."""

    told: int = 0
    right: int = 0
    pairs: int = 0
    found: int = 0

    @property
    def precision(self) -> float:
        return self.right / max(1, self.told)

    @property
    def recall(self) -> float:
        return self.found / max(1, self.pairs)


def requests() -> list[Request]:
    """In the order in which they were opened; empty without the feed."""
    path = next((folder / FEED for folder in DATA if (folder / FEED).is_file()), None)
    if path is None:
        return []
    with zipfile.ZipFile(path) as packed, packed.open(packed.namelist()[0]) as raw:
        rows = csv.DictReader(io.TextIOWrapper(raw, encoding="utf-8", errors="replace"))
        found = [_request(row) for row in rows if row["latitude"] and row["longitude"]]
    return sorted(found, key=lambda one: (one.at, one.incident.id))


def _request(row: dict[str, str]) -> Request:
    reason = row["closure_reason"].casefold()
    is_duplicate = "duplicate" in reason
    number = _NUMBER.search(reason) if is_duplicate else None
    incident = Incident(
        id=IncidentId(row["case_enquiry_id"]),
        kind=row["type"],
        place=Place(lat=float(row["latitude"]), lon=float(row["longitude"]), text=row["location"]),
        jurisdiction_id=JurisdictionId("boston"),
        text=row["case_title"],
    )
    original = IncidentId(f"101000{number[1]}") if number is not None else None
    return Request(incident, _moment(row["open_dt"]), _moment(row["closed_dt"]), is_duplicate, original)


def _moment(words: str) -> float:
    return datetime.fromisoformat(words).timestamp() if words else float("inf")


def clusters(found: list[Request]) -> dict[IncidentId, IncidentId]:
    """Of each labelled request the one that stands for all that are the same."""
    known = {one.incident.id: one for one in found}
    head: dict[IncidentId, IncidentId] = {}

    def top(key: IncidentId) -> IncidentId:
        while head.get(key, key) != key:
            key = head[key]
        return key

    for one in found:
        first = known.get(one.original) if one.original is not None else None
        if first is not None and first is not one and abs(first.at - one.at) <= PAIR_S:
            for key in (one.incident.id, first.incident.id):
                head.setdefault(key, key)
            head[top(one.incident.id)] = top(first.incident.id)
    return {key: top(key) for key in head}


def judge(found: list[Request], *, since: float, until: float) -> tuple[Score, Score, Score, list[float]]:
    """All suggestions, the first of each, the plain rule's, and the milliseconds of a question with its adding."""
    index, of = DuplicateIndex(), clusters(found)
    ours, first, plain, took_ms = Score(), Score(), Score(), list[float]()
    closing: list[tuple[float, IncidentId]] = []
    open_now: dict[IncidentId, Request] = {}
    for one in found:
        while closing and closing[0][0] <= one.at:
            key = heapq.heappop(closing)[1]
            index.drop(key)
            open_now.pop(key, None)
        started = time.perf_counter()
        told = [found.incident_id for found in index.suggest(one.incident, at=one.at)]
        index.add(one.incident, at=one.at)
        took_ms.append((time.perf_counter() - started) * 1e3)
        if since <= one.at < until:
            head = of.get(one.incident.id)
            true = {key for key in open_now if head is not None and of.get(key) == head}
            for score, said in ((ours, told), (first, told[:1]), (plain, _plain(one, open_now.values()))):
                _count(score, one, said, true)
        open_now[one.incident.id] = one
        heapq.heappush(closing, (one.closed_at, one.incident.id))
    return ours, first, plain, took_ms


def _count(score: Score, one: Request, said: list[IncidentId], true: set[IncidentId]) -> None:
    right = sum(key in true for key in said)
    score.pairs += bool(true)
    score.found += right > 0
    if true or not one.is_duplicate:  # of others nobody has said which
        score.told += len(said)
        score.right += right


def _plain(one: Request, others: Iterable[Request]) -> list[IncidentId]:
    return [
        other.incident.id
        for other in others
        if other.incident.kind == one.incident.kind
        and one.at - other.at <= PLAIN_S
        and metres_between(one.incident, other.incident) <= PLAIN_M
    ]


def many_ms(count: int = MANY) -> tuple[list[float], list[float]]:
    """Milliseconds to add one and to ask for one, with so many open over a town of 12 by 12 km."""
    random = Random(4)
    index, added, asked = DuplicateIndex(), list[float](), list[float]()
    for number in range(count + 1_000):
        lat, lon = 23 + random.random() * 0.11, 113.7 + random.random() * 0.11
        incident = Incident(
            id=IncidentId(str(number)),
            kind=f"类型{random.randrange(60)}",
            place=Place(lat=lat, lon=lon, text=f"莲塘路 {number % 900} 号"),
            jurisdiction_id=JurisdictionId("town"),
            text=random.choice(("门前井盖不见了，行人绕行", "夜间施工噪音扰民，持续到凌晨", "垃圾未清运，有异味")),
        )
        started = time.perf_counter()
        index.add(incident, at=float(number))
        between = time.perf_counter()
        if number >= count:
            index.suggest(incident, at=float(number))
            asked.append((time.perf_counter() - between) * 1e3)
        added.append((between - started) * 1e3)
    return added, asked


def records() -> list[Record]:
    added, asked = many_ms()
    params = {"open": MANY}
    found = [
        record(
            "hub.duplicates.ask", asked, unit="ms", params=params, baseline="itself", baseline_values=asked, target=5.0
        ),
        record("hub.duplicates.add", added, unit="ms", params=params, baseline="itself", baseline_values=added),
    ]
    feed = requests()
    if not feed:
        return found
    ours, first, plain, _ = judge(feed, since=TUNING_UNTIL, until=float("inf"))
    for name, score in (("all", ours), ("first", first), ("plain rule", plain)):
        for figure in ("precision", "recall"):
            found.append(_share(figure, name, score, plain))
    return found


def _share(figure: str, name: str, score: Score, plain: Score) -> Record:
    """A share in percent: more is better, so there is no upper bound."""
    params = {"suggested": name, "told": score.told, "right": score.right, "pairs": score.pairs, "found": score.found}
    return record(
        f"hub.duplicates.{figure}",
        [100 * getattr(score, figure)],
        unit="%",
        params=params,
        baseline="same kind, 200 m, 2 h",
        baseline_values=[100 * getattr(plain, figure)],
    )


if __name__ == "__main__":
    sys.stdout.write(table(records()) + "\n")
