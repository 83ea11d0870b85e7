"""Voice figures after TS 22.179 §6.15: `floor.grant` (KPI 1), `voice.mouth_to_ear` (KPI 3), `voice.late_entry` (KPI 4),
`voice.clipped` (frames lost at the start or end of a burst), and what they cost the gateway.

The talker and three listeners (one a desk) run in this process and read one clock; all other members of the
talkgroup are simulated terminals in a process of their own, of lower priority, that really receive and decrypt every
packet.
Devices are excluded: the mouth is the first sample of a captured frame, the ear the block pulled for the speaker.
"""

import asyncio
import tempfile
import time
from pathlib import Path

from comms.protocol.commands import AffiliationSet, Ping
from comms.protocol.pushes import FloorTaken
from tests.bench.mouth import FRAME_SAMPLES, LONGEST_DELAY_S, Ear, Mouth
from tests.bench.record import Record, record
from tests.bench.site import GROUP, CpuMeter, Site, site
from tests.bench.terminal import BenchTerminal, new_id, terminals

SIZES = (10, 100, 1_165)
BURSTS = 20
BURST_S = 2.0
PAUSE_S = 0.15
GRANT_TARGET_MS = 25.0
EAR_TARGET_MS = {10: 100.0, 100: 100.0, 1_165: 120.0}
ENTRY_TARGET_MS = 100.0
CPU_TARGET = 60.0
OWN_TERMINALS = 4
CROWD_NICENESS = 10
NEVER_S = 2.0


def records() -> list[Record]:
    found: list[Record] = []
    for members in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            found += asyncio.run(_measure(Path(folder), members))
    return found


async def _measure(folder: Path, members: int) -> list[Record]:
    async with site(folder, units=members) as gateway:
        crowd = members - OWN_TERMINALS
        await gateway.start_fleet(first=OWN_TERMINALS, units=crowd, niceness=CROWD_NICENESS)
        codes: list[str | None] = [*list(gateway.codes.values())[:OWN_TERMINALS], None]
        async with terminals(gateway.url, codes) as own:
            talker, late, *listeners = own
            pings = [await _ping_ms(talker) for _ in range(BURSTS)]
            figures = await _talk(gateway, talker, listeners)
            entries = await _late_entries_ms(talker, late)
        return _as_records(members, figures, pings, entries, gateway.memory_mb())


class _Figures:
    def __init__(self) -> None:
        self.grant_ms: list[float] = []
        self.ear_ms: list[float] = []
        self.clipped: list[float] = []
        self.cpu: list[float] = []


async def _talk(gateway: Site, talker: BenchTerminal, listeners: list[BenchTerminal]) -> _Figures:
    figures = _Figures()
    mouth = Mouth(talker)
    ears = [Ear(listener) for listener in listeners]
    for ear in ears:
        ear.start()
    try:
        for _ in range(BURSTS):
            figures.grant_ms.append(await talker.press())
            meter = CpuMeter(gateway)
            sent = await mouth.talk(BURST_S)
            figures.cpu.append(meter.sample())
            await talker.release(last_sequence=sent.last_sequence)
            await asyncio.sleep(LONGEST_DELAY_S)  # until the last click has had its time to come out
            for ear in ears:
                figures.clipped.append(float(ear.missing(sent)))
                figures.ear_ms += ear.delays_ms(sent)
                ear.forget()
            await asyncio.sleep(PAUSE_S)
    finally:
        for ear in ears:
            await ear.stop()
    return figures


async def _late_entries_ms(talker: BenchTerminal, late: BenchTerminal) -> list[float]:
    """From affiliating while somebody talks to the first packet of his voice."""
    found: list[float] = []
    mouth = Mouth(talker)
    for _ in range(BURSTS // 2):
        await late.link.request(AffiliationSet(id=new_id(), talkgroup_ids=()))
        await talker.press()
        talking = asyncio.create_task(mouth.talk(1.2))
        await asyncio.sleep(0.2)
        heard: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        late.on_audio = lambda _packet, at_s, heard=heard: None if heard.done() else heard.set_result(at_s)
        taken = late.next(FloorTaken)
        asked_s = time.perf_counter()
        await late.link.request(AffiliationSet(id=new_id(), talkgroup_ids=(GROUP,)))
        done, _ = await asyncio.wait([heard, taken], timeout=NEVER_S, return_when=asyncio.ALL_COMPLETED)
        # Not heard in time counts as the whole wait, so that a miss shows in the figure.
        entered_s = max(future.result() for future in done) - asked_s if len(done) == 2 else NEVER_S
        found.append(entered_s * 1e3)
        late.on_audio = None
        sent = await talking
        await talker.release(last_sequence=sent.last_sequence)
    return found


async def _ping_ms(terminal: BenchTerminal) -> float:
    asked_s = time.perf_counter()
    await terminal.link.request(Ping(id=new_id()))
    return (time.perf_counter() - asked_s) * 1e3


def _as_records(
    members: int, figures: _Figures, pings: list[float], entries: list[float], memory: float
) -> list[Record]:
    params = {"members": members}
    frame_ms = [FRAME_SAMPLES / 48.0]
    return [
        record(
            "floor.grant", figures.grant_ms, unit="ms", params=params,
            baseline="ping on the same path", baseline_values=pings, target=GRANT_TARGET_MS,
        ),
        record(
            "voice.mouth_to_ear", figures.ear_ms, unit="ms", params=params,
            baseline="one frame's capture", baseline_values=frame_ms, target=EAR_TARGET_MS[members],
        ),
        record(
            "voice.clipped", figures.clipped, unit="frames", params=params,
            baseline="one frame", baseline_values=[1.0], target=0.0,
        ),
        record(
            "voice.late_entry", entries, unit="ms", params=params,
            baseline="ping on the same path", baseline_values=pings, target=ENTRY_TARGET_MS,
        ),
        record(
            "gateway.cpu", figures.cpu, unit="% of a core", params={**params, "of": "group call"},
            baseline="one core", baseline_values=[100.0], target=CPU_TARGET,
        ),
        record(
            "gateway.memory", [memory], unit="MB", params={**params, "of": "group call"},
            baseline="100 MB", baseline_values=[100.0],
        ),
    ]  # fmt: skip
