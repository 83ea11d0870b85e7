"""One process of the load figures' terminals: `python -m tests.bench.load_fleet URL TOKENS [TALKING GROUP …]`.

With talking groups its terminals have media, and in each of them somebody talks all the time. Told by a line on
stdin, answers by a JSON line: `cut` (all sockets at once; answered by `back` when all are signed in again, with the
seconds each was away and its last sign-in took), `orders` (when each order came, by the machine's monotonic clock).
"""

import asyncio
import gc
import json
import resource
import sys
import time
from collections import Counter, defaultdict
from functools import partial
from pathlib import Path
from typing import Any

from comms.domain.ids import TalkgroupId, UnitId
from comms.fleet.behaviour import Behaviour
from comms.fleet.duty import Duty, Talk
from comms.fleet.fleet import Fleet, FleetPlan
from comms.fleet.terminal_link import Credentials
from comms.link.clock import WallClock
from comms.protocol.pushes import OrderPush, Push

EVERY_S, FOR_S = 0.5, 5.0
_ALL_AT_ONCE = 1_000_000
PROGRESS_S = 5.0


class LoadFleet:
    def __init__(self, url: str, tokens: dict[UnitId, str], talking: list[TalkgroupId]) -> None:
        self._clock = WallClock()
        self._talking = talking
        self._cutting: asyncio.Task[None] | None = None
        self._came: defaultdict[str, list[float]] = defaultdict(list)
        plan = FleetPlan(
            has_media=bool(talking),
            behaviour=Behaviour(photo_chance=0.0),
        )
        held = [Credentials(unit, None, token) for unit, token in tokens.items()]
        self.fleet = Fleet(url, held, plan, clock=self._clock)
        for terminal in self.fleet.terminals:
            terminal.on_push = partial(self._take, terminal.unit_id)

    def _take(self, unit_id: UnitId, push: Push) -> None:
        if isinstance(push, OrderPush):
            self._came[f"{push.order.id}/{unit_id}"].append(time.monotonic())

    async def start(self) -> None:
        began_s = time.monotonic()
        await self.fleet.start()
        gc.collect()
        gc.freeze()
        duty = Duty(self.fleet, clock=self._clock, seed=7)
        for group in self._talking:
            duty.talk(Talk(group, every_s=EVERY_S, for_s=FOR_S))
        say("ready", self._figures(began_s))

    def _figures(self, since_s: float) -> dict[str, Any]:
        counts = [terminal.link.count for terminal in self.fleet.terminals]
        return {
            "seconds": round(time.monotonic() - since_s, 3),
            "away_s": [round(each.up_at - since_s, 4) for each in counts],
            "sign_in_s": [round(each.up_at - each.dialled_at, 4) for each in counts],
            "put_off": [each.put_off for each in counts],
        }

    async def cut(self) -> None:
        self.fleet.dialler.at_once = _ALL_AT_ONCE
        cut_s = time.monotonic()
        for terminal in self.fleet.terminals:
            terminal.link.count.put_off = 0
            terminal.link.lose(0.0)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        watching = asyncio.create_task(self._watch(cut_s))
        await self.fleet.all_ready()
        watching.cancel()
        say("back", self._figures(cut_s))

    async def _watch(self, cut_s: float) -> None:
        """How many are back, on stderr."""
        while True:
            await asyncio.sleep(PROGRESS_S)
            phases = Counter(terminal.link.phase.value for terminal in self.fleet.terminals)
            ready = sum(terminal.is_ready for terminal in self.fleet.terminals)
            put_off = sum(terminal.link.count.put_off for terminal in self.fleet.terminals)
            told = f"{time.monotonic() - cut_s:.1f} s: {dict(phases)}, ready {ready}, put off {put_off} times"
            sys.stderr.write(f"  fleet: {told}\n")

    async def run(self) -> None:
        await self.start()
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while word := (await reader.readline()).decode().strip():
            if word == "cut":
                self._cutting = asyncio.create_task(self.cut())
            elif word == "orders":
                say("orders", dict(self._came))
            elif word == "stats":
                stats = self.fleet.stats()
                say("stats", {"heard": stats.voice_received, "sent": stats.positions_sent, "up": stats.signed_in})
        await self.fleet.stop()


def say(key: str, value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({key: value}) + "\n")
    sys.stdout.flush()


async def main(url: str, tokens: dict[UnitId, str], talking: list[TalkgroupId]) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    await LoadFleet(url, tokens, talking).run()


if __name__ == "__main__":
    asyncio.run(
        main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), [TalkgroupId(each) for each in sys.argv[3:]])
    )
