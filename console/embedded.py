"""The demonstration: a gateway, the sample town and its simulated terminals beside this desk, as child processes."""

import asyncio
import contextlib
import json
import logging
import os
import shutil
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from comms.domain.decoding import UNREADABLE
from comms.domain.ids import UnitId
from comms.protocol.area import TownFile, decode_town

_log = logging.getLogger(__name__)
READY_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 8.0
PREPARE_TIMEOUT_S = 180.0
LIFE = ("--talk", "town:40:4", "--return-video", "2", "--call-officer", "240")
"""Options of `comms.fleet`: how much happens by itself in a demonstration."""
_STREAM_LIMIT_BYTES = 1 << 20


class EmbeddedError(Exception):
    """A part of the demonstration did not start; the message names its log."""


class _Listening(msgspec.Struct):
    host: str
    port: int


class _Ready(msgspec.Struct):
    """The one line a gateway prints when it listens."""

    listening: _Listening


@dataclass(frozen=True, slots=True)
class Town:
    """Which town is played. `seed` gives the same town every time."""

    units: int = 1165
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Files:
    """All in one folder, so that what belongs together is made and thrown away together."""

    folder: Path

    @property
    def town(self) -> Path:
        return self.folder / "town.json"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def codes(self) -> Path:
        return self.folder / "codes.json"

    @property
    def doors(self) -> Path:
        return self.folder / "doors.json"

    @property
    def state(self) -> Path:
        return self.folder / "terminals.json"

    @property
    def stamp(self) -> Path:
        """Written last: what is here is whole, and made for this town."""
        return self.folder / "made.json"

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


@dataclass(eq=False)
class Child:
    """One program of ours, run beside the desk; its output other than the ready line goes to its log."""

    name: str
    arguments: tuple[str, ...]
    log: Path
    process: asyncio.subprocess.Process | None = None
    environment: dict[str, str] | None = field(default=None, repr=False)
    """None: this desk's own."""
    is_asked: bool = False
    """It waits for lines on its standard input."""
    pumps: list[asyncio.Task[None]] = field(default_factory=list)

    async def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "console.child", str(os.getpid()), *self.arguments,
                stdin=asyncio.subprocess.PIPE if self.is_asked else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE, stderr=log,
                limit=_STREAM_LIMIT_BYTES, env=self.environment,
            )  # fmt: skip

    @property
    def is_listening(self) -> bool:
        """To what is said to it."""
        process = self.process
        return process is not None and process.stdin is not None and process.returncode is None

    def say(self, line: dict[str, Any]) -> None:
        """A line of JSON, if it still listens."""
        if self.is_listening:
            assert self.process is not None
            assert self.process.stdin is not None
            self.process.stdin.write(msgspec.json.encode(line) + b"\n")

    async def ready_line(self, timeout_s: float) -> bytes:
        """The first line it prints. Raises EmbeddedError when it ends or says nothing in time."""
        assert self.process is not None
        assert self.process.stdout is not None
        try:
            async with asyncio.timeout(timeout_s):
                line = await self.process.stdout.readline()
        except TimeoutError:
            line = b""
        if not line:
            await self.stop()
            raise EmbeddedError(f"{self.name} did not start; see {self.log}")
        self.pumps.append(asyncio.create_task(_drain(self.process.stdout)))
        return line

    async def finish(self, timeout_s: float) -> None:
        """Wait for a program that does its work and ends. Raises EmbeddedError when it fails."""
        assert self.process is not None
        try:
            async with asyncio.timeout(timeout_s):
                await self.process.communicate()
        except TimeoutError:
            await self.stop()
        if self.process.returncode != 0:
            raise EmbeddedError(f"{self.name} failed; see {self.log}")

    async def wait(self) -> int:
        assert self.process is not None
        return await self.process.wait()

    async def stop(self) -> None:
        """Ask it to end; after a while make it."""
        process = self.process
        if process is None:
            return
        if process.returncode is None:
            _send(process.pid, signal.SIGTERM)
            try:
                async with asyncio.timeout(STOP_TIMEOUT_S):
                    await process.wait()
            except TimeoutError:
                _log.warning("%s did not end when asked", self.name)
                _send(process.pid, signal.SIGKILL)
                await process.wait()
        await asyncio.gather(*self.pumps)
        self.pumps.clear()
        if process.stdout is not None and not process.stdout.at_eof():
            await process.stdout.read()


def _send(process_id: int, number: signal.Signals) -> None:
    """Not by the process object: it would look for the child's end first, and take that from asyncio's watcher."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process_id, number)


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(65_536):
        pass


class EmbeddedTown:
    """Started and stopped on one loop. `url` and `officer` are there after `start`."""

    def __init__(self, folder: Path, town: Town | None = None, *, held_back: int = 0, is_lively: bool = False) -> None:
        """The last `held_back` units are not simulated: somebody else signs in for them. In a lively town units
        talk, send video and call the officer by themselves now and then."""
        self.files = Files(folder)
        self._town = town or Town()
        self._held_back = held_back
        self._is_lively = is_lively
        self._gateway: Child | None = None
        self._fleet: Child | None = None
        self._keepers: list[asyncio.Task[None]] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1"

    @property
    def gateway_pid(self) -> int | None:
        """Of the gateway that runs now; None between one that died and the next."""
        process = self._gateway.process if self._gateway is not None else None
        return process.pid if process is not None and process.returncode is None else None

    def sign_in(self) -> tuple[str, str]:
        """Name and password of the town's duty officer."""
        town: TownFile = decode_town(self.files.town.read_bytes())
        officer = town.officers[0]
        return officer.officer_id, officer.password

    def held_back_units(self) -> tuple[UnitId, ...]:
        town = decode_town(self.files.town.read_bytes())
        return tuple(unit.id for unit in town.units[len(town.units) - self._held_back :])

    async def start(self) -> None:
        """Raises EmbeddedError or OSError. After it the gateway listens; terminals are still signing in."""
        if not self._is_made():
            await self._make()
        self._gateway = self._gateway_child(0)
        await self._gateway.start()
        self.port = _port(await self._gateway.ready_line(READY_TIMEOUT_S))
        self._fleet = self._fleet_child()
        await self._fleet.start()
        self._keepers = [asyncio.create_task(self._keep_gateway()), asyncio.create_task(self._keep_fleet())]

    async def stop(self) -> None:
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        self._keepers.clear()
        for child in (self._fleet, self._gateway):
            if child is not None:
                await child.stop()

    # --- making the town, once ----------------------------------------------------------------------------

    def _stamp(self) -> bytes:
        return json.dumps({"format": 2, "units": self._town.units, "seed": self._town.seed}).encode()

    def _is_made(self) -> bool:
        try:
            return self.files.stamp.read_bytes() == self._stamp()
        except OSError:
            return False

    async def _make(self) -> None:
        files, town = self.files, self._town
        shutil.rmtree(files.folder, ignore_errors=True)
        files.folder.mkdir(parents=True)
        _log.info("making the sample town, once")
        await self._run(
            "town", "comms.fleet", "town", "--out", str(files.town), "--units", str(town.units), "--seed",
            str(town.seed),
        )  # fmt: skip
        await self._run("load", "comms.gateway", "load", "--data", str(files.data), "--town", str(files.town))
        await self._run(
            "enrol", "comms.gateway", "enrol", "--data", str(files.data), "--all", "--out", str(files.codes)
        )
        await self._run(
            "doors", "comms.gateway", "patrol", "doors", "--data", str(files.data), "--out", str(files.doors)
        )
        files.stamp.write_bytes(self._stamp())

    async def _run(self, name: str, *arguments: str) -> None:
        child = Child(name, arguments, self.files.log(name))
        await child.start()
        await child.finish(PREPARE_TIMEOUT_S)

    # --- keeping it running -------------------------------------------------------------------------------

    def _gateway_child(self, port: int) -> Child:
        arguments = (
            "comms.gateway",
            "serve",
            "--data",
            str(self.files.data),
            "--port",
            str(port),
            "--idle-lock-min",
            "0",
        )
        return Child("gateway", arguments, self.files.log("gateway"))

    def _fleet_child(self) -> Child:
        files = self.files
        arguments = (
            "comms.fleet", "--url", self.url, "--codes", str(files.codes), "--state", str(files.state),
            "--town", str(files.town), "--seed", str(self._town.seed),
            "--units", str(self._town.units - self._held_back),
        )  # fmt: skip
        return Child(
            "fleet",
            (*arguments, *((*LIFE, "--doors", str(files.doors)) if self._is_lively else ())),
            files.log("fleet"),
        )

    async def _keep_gateway(self) -> None:
        """A gateway that died is started again on its port: desk and terminals come back by themselves."""
        while self._gateway is not None:
            code = await self._gateway.wait()
            _log.warning("the embedded gateway ended with %s and is started again", code)
            await self._gateway.stop()
            self._gateway = self._gateway_child(self.port)
            try:
                await self._gateway.start()
                await self._gateway.ready_line(READY_TIMEOUT_S)
            except EmbeddedError as error:
                _log.error("%s", error)
                return

    async def _keep_fleet(self) -> None:
        assert self._fleet is not None
        code = await self._fleet.wait()
        _log.warning("the simulated terminals ended with %s", code)


def _port(line: bytes) -> int:
    """Raises EmbeddedError when it is not the ready line."""
    try:
        return msgspec.json.decode(line, type=_Ready).listening.port
    except UNREADABLE as error:
        raise EmbeddedError(f"the gateway said {line[:200]!r}: {error}") from error
