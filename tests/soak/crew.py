"""The processes of a site that is killed again and again: its gateway, its fleets, its desk. Each can be begun anew."""

import asyncio
import json
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from comms.domain.ids import CommandId, PartyId, UnitId, officer_party, unit_party
from comms.protocol.commands import Command
from tests.soak.ledger import Ledger, commands
from tests.support.desk import free_port
from tests.support.gateway import NORTH_DUTY, NORTH_GROUP, Site, spawn_gateway, stop_gateway
from tests.support.nursery import Forked, Nursery

OUTSTANDING = 8
COMMANDS_EVERY_S = 0.04
TALKS_FOR_S = 0.3
FLEET_TALK = f"{NORTH_GROUP}:0.2:0.5"
PATIENCE_S = 60.0


@dataclass(slots=True)
class Fleet:
    """Its units, and the process that plays them now."""

    name: str
    units: tuple[UnitId, ...]
    process: Forked | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def parties(self) -> frozenset[PartyId]:
        return frozenset(map(unit_party, self.units))


class Crew:
    """Everybody at one site but the observer. `data` has the town loaded; `codes` are unused."""

    def __init__(
        self, data: Path, codes: dict[UnitId, str], fleets: tuple[Fleet, ...], nursery: Nursery, dice: random.Random
    ) -> None:
        self.site = Site(data, "127.0.0.1", free_port(), 0, codes)
        self.fleets = fleets
        self.ledger = Ledger(officer_party(NORTH_DUTY))
        self.latest_answer = asyncio.Event()
        self.has_ended = False
        self._nursery = nursery
        self._dice = random.Random(dice.random())  # of its own: who is struck depends on the seed alone
        self._folder = Path(tempfile.mkdtemp(dir=data.parent))
        self._desk: Forked | None = None
        self._mouth: asyncio.StreamWriter | None = None
        self._desk_ready = asyncio.Event()
        self._wanted: Iterator[Command] = commands(
            random.Random(dice.random()), tuple(unit for fleet in fleets for unit in fleet.units), self.ledger, "k"
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.again: Counter[CommandId] = Counter()

    # --- beginning and ending ---------------------------------------------------------------------------

    async def begin(self) -> None:
        self._server = await asyncio.start_unix_server(self._hear_desk, self._folder / "desk")
        await self.start_gateway()
        for fleet in self.fleets:
            codes = [{"unit_id": unit, "code": self.site.codes[unit]} for unit in fleet.units]
            (self._folder / f"{fleet.name}.codes").write_text(json.dumps(codes))
            await self.start_fleet(fleet)
        for fleet in self.fleets:
            await self._enrolled(fleet)
        await self.start_desk()
        self._spawn(self._command())
        self._spawn(self._talk())

    async def end(self) -> None:
        """Nothing new is commanded; what is open is answered; then all go, the gateway last and in order."""
        self.has_ended = True
        async with asyncio.timeout(PATIENCE_S):
            while self.ledger.open:
                self.latest_answer.clear()
                await self.latest_answer.wait()

    async def close(self) -> int:
        """The gateway's exit code."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for process in (self._desk, *(fleet.process for fleet in self.fleets)):
            if process is not None:
                process.kill()
                await process.communicate()
        if self._server is not None:
            self._server.close()
        return await stop_gateway(self.site)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- the gateway --------------------------------------------------------------------------------------

    async def start_gateway(self) -> None:
        words = ("--port", str(self.site.port))
        begun = await spawn_gateway(self.site.data, *words, codes=self.site.codes, nursery=self._nursery)
        self.site.process, self.site.is_killed, self.site.media_port = begun.process, False, begun.media_port

    async def kill_gateway(self) -> None:
        self.site.kill()
        assert self.site.process is not None
        await self.site.process.communicate()

    # --- the fleets ---------------------------------------------------------------------------------------

    async def start_fleet(self, fleet: Fleet) -> None:
        fleet.ready.clear()
        fleet.process = await self._nursery.fork(
            "comms.fleet",
            *("--url", self.site.url, "--codes", str(self._folder / f"{fleet.name}.codes")),
            *("--state", str(self._folder / f"{fleet.name}.state"), "--behaviour", "quick", "--talk", FLEET_TALK),
            *("--interval", "1", "--call-officer", "2"),
            is_heard=False,
        )
        self._spawn(self._hear_fleet(fleet, fleet.process))

    async def _enrolled(self, fleet: Fleet) -> None:
        """Codes are good for one use: until their terminals have kept what they were given for them."""
        state = self._folder / f"{fleet.name}.state"
        async with asyncio.timeout(PATIENCE_S):
            while not state.exists() or any(unit not in state.read_text() for unit in fleet.units):
                await asyncio.sleep(0.05)

    async def _hear_fleet(self, fleet: Fleet, process: Forked) -> None:
        while line := await process.stdout.readline():
            if b"ready" in line and process is fleet.process:
                fleet.ready.set()

    async def kill_fleet(self, fleet: Fleet) -> None:
        assert fleet.process is not None
        fleet.process.kill()

    def freeze_fleet(self, fleet: Fleet) -> None:
        assert fleet.process is not None
        fleet.process.send_signal(signal.SIGSTOP)

    # --- the desk -------------------------------------------------------------------------------------------

    async def start_desk(self) -> None:
        self._desk_ready.clear()
        self._desk = await self._nursery.fork(
            "tests.soak.desk", str(self._folder / "desk"), self.site.url, NORTH_DUTY, is_heard=False
        )

    async def desk_ready(self) -> None:
        async with asyncio.timeout(PATIENCE_S):
            await self._desk_ready.wait()

    async def kill_desk(self) -> None:
        assert self._desk is not None
        self._desk.kill()
        await self._desk.communicate()

    async def _hear_desk(self, ear: asyncio.StreamReader, mouth: asyncio.StreamWriter) -> None:
        """One desk's life. It begins with what those before it were not answered."""
        self._mouth = mouth
        try:
            while line := await ear.readline():
                told = json.loads(line)
                if "ready" in told:
                    self._desk_ready.set()
                    for text in self.ledger.again():
                        self._tell(command=text)
                elif not self.ledger.answered(CommandId(told["id"]), told["code"]):
                    self._spawn(self._tell_later(CommandId(told["id"])))
                else:
                    self.latest_answer.set()
        except (ConnectionError, json.JSONDecodeError):
            pass  # killed in the middle of a word
        finally:
            if self._mouth is mouth:
                self._mouth = None
            mouth.close()

    def _tell(self, **what: Any) -> None:
        if self._mouth is not None:
            self._mouth.write(json.dumps(what).encode() + b"\n")

    async def _tell_later(self, command_id: CommandId) -> None:
        await asyncio.sleep(0.2)
        if command_id in self.ledger.open:
            self._tell(command=self.ledger.open[command_id])

    # --- what goes on meanwhile ---------------------------------------------------------------------------

    async def _command(self) -> None:
        while not self.has_ended:
            await asyncio.sleep(COMMANDS_EVERY_S)
            is_wanted = not self.has_ended and len(self.ledger.open) < OUTSTANDING
            if is_wanted and self._desk_ready.is_set():
                self._tell(command=self.ledger.send(next(self._wanted)))

    async def _talk(self) -> None:
        while not self.has_ended:
            await asyncio.sleep(self._dice.uniform(0.2, 1.2))
            self._tell(talk=NORTH_GROUP, for_s=TALKS_FOR_S)


def stopwatch() -> float:
    return time.perf_counter()
