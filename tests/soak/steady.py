"""Hours of a shift in little time: a town's terminals with voice, the same work done many times as densely.

A position is read each fifth of a second and not each five, ten of them in a report; bursts follow one another
about as densely. What counts for a leak is how often something was done, not how long it took: the run says how
many of each there were, and how many hours of an ordinary shift that is. Memory, descriptors and threads are the
gateway's own, read from the kernel.
"""

import asyncio
import os
import re
import signal
import statistics
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from comms.domain.ids import CallId, UnitId
from comms.domain.order import UnitsTarget
from comms.journal.tracks import TrackStore
from comms.protocol.commands import CallHangUp, CallPlace, OrderIssue, PictureSubscribe
from comms.protocol.pushes import Done, EventPush, Push
from tests.bench.record import Record, percentile, record
from tests.bench.site import Site, site
from tests.bench.terminal import BenchTerminal, new_id, terminals

UNITS = 1_165
ORDINARY_INTERVAL_S, DENSE_INTERVAL_S, READINGS_A_REPORT = 5.0, 0.2, 10
ORDINARY_BURSTS_AN_HOUR = 240
"""A busy talkgroup: four bursts a minute all day long."""
BURST_EVERY_S = 0.65
"""So that bursts come as much more densely than in life as positions, about."""
WARM_UP_SHARE = 0.3
LOOK_S = 2.0
MEMORY_TARGET_PERCENT = 2.0
KPI_1_TARGET_MS = 300.0
MISSED_MS = 10_000.0
"""What a burst counts whose floor was not granted by then."""
READING_BYTES = 36
"""What the track store holds of a reading until it is a chunk on the disk (`comms/journal/tracks.py`)."""
PACKETS_OF_A_BURST = 2
_OPUS_SILENCE = b"\xf8\xff\xfe"


@dataclass(frozen=True, slots=True)
class Look:
    """At the gateway's process. `memory_mb` is its own, without files mapped and without readings that wait to become
    chunks, up to a million by design (`held_mb`). What is open is counted by what it is."""

    at_s: float
    memory_mb: float
    held_mb: float
    open: Counter[str]
    threads: int


@dataclass(slots=True)
class Counts:
    orders: int = 0
    calls: int = 0
    events: int = 0
    missed: int = 0
    kpi_ms: list[tuple[float, float]] = field(default_factory=list)
    """When, and how long from a desk's request to its grant."""


async def measure(folder: Path, *, seconds: float, units: int = UNITS) -> tuple[list[Record], str]:
    """The records, and what was done in a sentence; after SIGTERM (`timeout`) of what was done until then."""
    counts, looks, told = Counts(), list[Look](), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    async with site(folder, units=units, more=("--operations-port", "0")) as gateway:
        dense = ("--interval", str(DENSE_INTERVAL_S), "--readings", str(READINGS_A_REPORT), "--behaviour", "quick")
        await gateway.start_fleet(*dense, first=0, units=units)
        async with terminals(gateway.url, [None]) as (desk,):
            began_s = time.perf_counter()
            work = asyncio.create_task(_work(desk, list(gateway.codes), counts))
            try:
                while time.perf_counter() - began_s < seconds and not told.is_set():
                    await asyncio.wait([work], timeout=LOOK_S)
                    if work.done():
                        work.result()
                    looks.append(await asyncio.to_thread(look, gateway))
            finally:
                work.cancel()
                await asyncio.wait([work])
            took_s = time.perf_counter() - began_s
    readings = await asyncio.to_thread(_readings, gateway)
    return _records(looks, counts, began_s, took_s, units), _said(counts, looks, took_s, units, readings)


def look(gateway: Site) -> Look:
    """Blocks."""
    pid = gateway.process.pid
    now_open = Counter(_what(Path(f"/proc/{pid}/fd", each)) for each in os.listdir(f"/proc/{pid}/fd"))
    with urllib.request.urlopen(f"http://127.0.0.1:{gateway.operations_port}/metrics", timeout=10) as answer:
        found = re.search(r"track_readings_held ([\d.e+]+)$", answer.read().decode(), re.MULTILINE)
    held_mb = READING_BYTES * float(found[1]) / 1e6 if found else 0.0
    status = Path(f"/proc/{pid}/status").read_text()
    own = re.search(r"RssAnon:\s+(\d+) kB", status)
    assert own is not None
    return Look(
        time.perf_counter(),
        int(own[1]) * 1024 / 1e6 - held_mb,
        held_mb,
        now_open,
        len(os.listdir(f"/proc/{pid}/task")),
    )


def _what(descriptor: Path) -> str:
    """`socket`, `pipe`, or a file by the folder it is in and its kind: recordings are many."""
    try:
        target = os.readlink(descriptor)
    except FileNotFoundError:
        return "gone"
    if not target.startswith("/"):
        return target.partition(":")[0]
    path = Path(target.removesuffix(" (deleted)"))
    return path.name if path.suffix.startswith(".sqlite") else f"{path.parent.name}/*{path.suffix}"


def _readings(gateway: Site) -> int:
    """How many it has taken. Blocks; after it has ended."""
    store = TrackStore(gateway.data, now=time.time)
    try:
        return sum(day.readings for day in store.days_now(list(gateway.codes), 0.0))
    finally:
        store.close()


# --- what goes on -----------------------------------------------------------------------------------------------


async def _work(desk: BenchTerminal, units: Sequence[UnitId], counts: Counts) -> None:
    def count(push: Push, _at_s: float) -> None:
        counts.events += isinstance(push, EventPush)

    desk.on_push = count
    await desk.link.request(PictureSubscribe(id=new_id()))
    number = 0
    while True:
        number += 1
        began_s = time.perf_counter()
        await _talk(desk, counts)
        unit_id = units[number % len(units)]
        if number % 5 == 0:
            order = OrderIssue(id=new_id(), title=f"指令 {number}", target=UnitsTarget((unit_id,)))
            counts.orders += isinstance(await desk.link.request(order), Done)
        if number % 7 == 0:
            await _call(desk, unit_id, counts)
        await asyncio.sleep(BURST_EVERY_S - (time.perf_counter() - began_s))


async def _talk(desk: BenchTerminal, counts: Counts) -> None:
    at_s = time.perf_counter()
    try:
        counts.kpi_ms.append((at_s, await desk.press()))
    except TimeoutError:
        counts.missed += 1
        counts.kpi_ms.append((at_s, MISSED_MS))
    last = None
    for place in range(PACKETS_OF_A_BURST):
        last = desk.media.send_audio(_OPUS_SILENCE, 960, is_marked=place == 0)
        await asyncio.sleep(0.02)
    with suppress(TimeoutError):
        await desk.release(last_sequence=last)


async def _call(desk: BenchTerminal, unit_id: UnitId, counts: Counts) -> None:
    placed = await desk.link.request(CallPlace(id=new_id(), unit_id=unit_id))
    if isinstance(placed, Done) and placed.subject is not None:
        counts.calls += 1
        await asyncio.sleep(0.05)
        await desk.link.request(CallHangUp(id=new_id(), call_id=CallId(placed.subject)))


# --- what is said of it -------------------------------------------------------------------------------------------


def _said(counts: Counts, looks: Sequence[Look], took_s: float, units: int, readings: int) -> str:
    by_readings = readings * ORDINARY_INTERVAL_S / units / 3600
    by_bursts = len(counts.kpi_ms) / ORDINARY_BURSTS_AN_HOUR
    first, last = map(_always_open, _ends(looks))
    return "\n".join(
        (
            f"ran {took_s:.0f} s, {units} terminals with voice: {readings} positions taken ({by_readings:.1f} hours "
            f"of a shift; {READINGS_A_REPORT} or more in a report), {len(counts.kpi_ms)} bursts ({by_bursts:.1f} hours "
            f"at {ORDINARY_BURSTS_AN_HOUR} an hour; {counts.missed} without a floor), {counts.calls} calls, "
            f"{counts.orders} orders, {counts.events} events",
            f"open at the end and not after warming up: {_listed(last - first)}",
            f"open after warming up and not at the end: {_listed(first - last)}",
        )
    )


def _listed(found: Counter[str]) -> str:
    return ", ".join(f"{count} × {what}" for what, count in found.items()) or "nothing"


def _records(looks: Sequence[Look], counts: Counts, began_s: float, took_s: float, units: int) -> list[Record]:
    params = {"terminals": units, "ran_s": round(took_s), "cores": os.cpu_count()}
    first, last = _ends(looks)
    before, after = (statistics.median(each.memory_mb for each in some) for some in (first, last))
    grown = 100 * abs(after - before) / before  # either way: memory that falls has not been steady
    early = [ms for at_s, ms in counts.kpi_ms if at_s - began_s < took_s / 4]
    late = [ms for at_s, ms in counts.kpi_ms if at_s - began_s > 3 * took_s / 4]
    at_first, warm = "after warming up", _warm(looks)
    more = _always_open(last).total() - _always_open(first).total()
    threads = min(each.threads for each in last) - min(each.threads for each in first)

    def grows(name: str, value: float, of: float, unit: str, target: float) -> Record:
        return record(name, [value], unit=unit, params=params, baseline=at_first, baseline_values=[of], target=target)

    return [
        grows("steady.memory_growth", grown, 100.0, "%", MEMORY_TARGET_PERCENT),
        record("steady.memory", [each.memory_mb for each in warm], unit="MB", params=params, baseline=at_first,
               baseline_values=[before]),
        record("steady.readings_held", [each.held_mb for each in warm], unit="MB", params=params,
               baseline="1,000,000 readings", baseline_values=[READING_BYTES]),
        grows("steady.descriptors", float(more), 1.0, "more", 0.0),
        grows("steady.threads", float(threads), 1.0, "more", 0.0),
        record("steady.kpi_1_last_quarter", late, unit="ms", params=params, baseline="the first quarter",
               baseline_values=[percentile(early, 0.95)], target=KPI_1_TARGET_MS),
    ]  # fmt: skip


def _warm(looks: Sequence[Look]) -> Sequence[Look]:
    """Also the first million readings have become chunks by then, if so many came: their room is there from then on."""
    began_s, ended_s = looks[0].at_s, looks[-1].at_s
    chunked = (other.at_s for one, other in pairwise(looks) if other.held_mb < one.held_mb / 2)
    warm_s = max(began_s + WARM_UP_SHARE * (ended_s - began_s), next(chunked, began_s))
    return [each for each in looks if each.at_s >= warm_s]


def _ends(looks: Sequence[Look]) -> tuple[Sequence[Look], Sequence[Look]]:
    """The first and the last quarter of those after warming up."""
    warm = _warm(looks)
    quarter = max(1, len(warm) // 4)
    return warm[:quarter], warm[-quarter:]


def _always_open(looks: Sequence[Look]) -> Counter[str]:
    """At each of these looks: a recording under way or a question just answered is open at one and not at the next;
    what is never closed is open at all of them."""
    return Counter({what: min(each.open[what] for each in looks) for what in looks[0].open})
