"""Drills hosted from the desk: each a gateway of its own in a child process that cannot outlive the desk, and a desk
beside this one for who directs it. The live desk goes on. On the comms thread."""

import asyncio
import os
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from comms.domain.decoding import UNREADABLE
from comms.domain.inject import Words
from console.embedded import Child, EmbeddedError

READY_TIMEOUT_S = 120.0
LIST_TIMEOUT_S = 60.0
LOCAL_HOST, ANY_HOST = "127.0.0.1", "0.0.0.0"
PASSWORD_NAME = "WANGGE_DRILL_PASSWORD"
"""In the environment of the drill and of its trainer's desk; never on a command line, which everybody may read."""
_TOLD_BYTES = 4_000


class OfferedSeat(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    name: Words = ""
    officer: str = ""


class ScenarioLine(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario file. With a `fault` it cannot be played, and nothing else is known of it."""

    path: str
    id: str = ""
    title: Words = ""
    summary: Words = ""
    length_min: float = 0.0
    seats: tuple[OfferedSeat, ...] = ()
    fault: str = ""


class _Place(msgspec.Struct):
    host: str
    port: int
    trainer: str = ""


class _Ready(msgspec.Struct):
    listening: _Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A record that is taken over: a data directory or an exported file, and the Unix second at which it ends."""

    record: Path
    at: float
    cache: Path | None = None
    """A desk's folder of keyframes of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostWish:
    """`address` empty: this machine only. Else what other machines call this one, which then needs a certificate chain
    and its key (PEM)."""

    scenario: ScenarioLine
    seed: int
    folder: Path
    password: str = field(repr=False)
    address: str = ""
    certificate: Path | None = None
    key: Path | None = None
    past: Past | None = None
    """Whose end the drill begins with; then the scenario's path may be empty: the one it was played from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedDrill:
    """`trainer` is the account that directs; empty where nobody does."""

    number: int
    wish: HostWish
    url: str
    trainer: str = ""


@dataclass(frozen=True, slots=True)
class HostFault:
    """Why there is no drill: a sentence of the one that did not start."""

    words: str


class DrillHost:
    """`settings_path` is this desk's, whose look the trainer's desk begins with."""

    def __init__(self, settings_path: Path) -> None:
        self._settings_path = settings_path
        self._drills: dict[int, HostedDrill] = {}
        self._children: dict[int, list[Child]] = {}
        self._next = 1
        self._ready: Child | None = None

    def running(self) -> tuple[HostedDrill, ...]:
        """Those that have not ended."""
        for number, children in list(self._children.items()):
            process = children[0].process
            if process is None or process.returncode is not None:
                self._drills.pop(number, None)
        return tuple(self._drills.values())

    async def keep_ready(self, log: Path) -> None:
        """Have a program loaded that becomes the next drill: loading it is most of what a start takes."""
        if self._ready is not None:
            return
        self._ready = Child("ready", ("comms.drill", "wait"), log, is_asked=True)
        try:
            await self._ready.start()
        except OSError:
            self._ready = None

    async def stand_at(self, past: Past) -> None:
        """The replay stands there: the program that is ready looks at that second beforehand."""
        if self._ready is not None:
            cache = str(past.cache) if past.cache is not None else ""
            self._ready.say({"type": "near", "record": str(past.record), "at": past.at, "cache": cache})

    async def _begin(self, wish: HostWish, log: Path) -> Child:
        """By the program that is ready, or by one that has to be loaded. Raises OSError."""
        _, *arguments = arguments_of(wish)
        ready, self._ready = self._ready, None
        if ready is not None and ready.is_listening:
            environment = {PASSWORD_NAME: wish.password}
            ready.say({"type": "call", "arguments": arguments, "log": str(log), "environment": environment})
            ready.log = log
            return ready
        if ready is not None:
            await ready.stop()
        environment = {**os.environ, PASSWORD_NAME: wish.password}
        child = Child("drill", arguments_of(wish), log, environment=environment)
        await child.start()
        return child

    async def scenarios(self, folders: tuple[Path, ...], log: Path) -> tuple[ScenarioLine, ...] | HostFault:
        """In these folders, those that cannot be played as well."""
        there = [str(folder) for folder in folders if folder.is_dir()]
        if not there:
            return ()
        child = Child("list", ("comms.drill", "list", *there), log)
        await child.start()
        assert child.process is not None
        try:
            async with asyncio.timeout(LIST_TIMEOUT_S):
                output, _ = await child.process.communicate()
        except TimeoutError:
            await child.stop()
            return HostFault(_last_line(log))
        if child.process.returncode != 0:
            return HostFault(_last_line(log))
        return tuple(msgspec.json.decode(line, type=ScenarioLine) for line in output.splitlines() if line)

    async def start(self, wish: HostWish) -> HostedDrill | HostFault:
        """The drill listens, and its trainer's desk is on its way."""
        log = wish.folder / "drill.log"
        try:
            wish.folder.mkdir(parents=True, exist_ok=True)
            child = await self._begin(wish, log)
            ready = msgspec.json.decode(await child.ready_line(READY_TIMEOUT_S), type=_Ready)
        except (EmbeddedError, OSError, *UNREADABLE) as error:
            return HostFault(_last_line(log) or str(error))
        number, self._next = self._next, self._next + 1
        scheme, host = ("wss", wish.address) if wish.address else ("ws", LOCAL_HOST)
        place = ready.listening
        url = f"{scheme}://{host}:{place.port}/v1"
        drill = HostedDrill(number=number, wish=wish, url=url, trainer=place.trainer)
        self._drills[number], self._children[number] = drill, [child]
        await self.open_desk(number)
        return drill

    async def open_desk(self, number: int) -> HostFault | None:
        """A desk of its own, signed in as who directs."""
        drill = self._drills.get(number)
        if drill is None or not drill.trainer:
            return None
        folder = drill.wish.folder
        settings = folder / "desk" / "settings.json"
        try:
            settings.parent.mkdir(parents=True, exist_ok=True)
            if self._settings_path.exists() and not settings.exists():
                shutil.copyfile(self._settings_path, settings)
            arguments = ("console", "--url", drill.url, "--user", drill.trainer, "--settings", str(settings))
            environment = {**os.environ, PASSWORD_NAME: drill.wish.password}
            desk = Child("desk", arguments, folder / "desk.log", environment=environment)
            await desk.start()
        except OSError as error:
            return HostFault(str(error))
        self._children[number].append(desk)
        return None

    async def stop(self, number: int) -> None:
        """Its desk first, then the drill: its record is whole."""
        self._drills.pop(number, None)
        for child in reversed(self._children.pop(number, [])):
            await child.stop()

    async def until_desks_end(self) -> None:
        """As long as somebody directs a drill that was started here."""
        for _, *desks in list(self._children.values()):
            for desk in desks:
                if desk.process is not None:
                    await desk.process.wait()

    async def close(self) -> None:
        for number in list(self._children):
            await self.stop(number)
        if self._ready is not None:
            await self._ready.stop()


def arguments_of(wish: HostWish) -> tuple[str, ...]:
    """What the drill's program is called with. Its password is not among them."""
    arguments = [
        "comms.drill", *_what(wish), "--data", str(wish.folder / "data"), "--seed", str(wish.seed),
        "--port", "0", "--host", ANY_HOST if wish.address else LOCAL_HOST,
    ]  # fmt: skip
    if wish.past is not None and wish.scenario.path:
        arguments += ["--scenario", wish.scenario.path]
    if wish.past is not None and wish.past.cache is not None:
        arguments += ["--cache", str(wish.past.cache)]
    if wish.certificate is not None and wish.key is not None:
        arguments += ["--tls-cert", str(wish.certificate), "--tls-key", str(wish.key)]
    return tuple(arguments)


def _what(wish: HostWish) -> tuple[str, ...]:
    if wish.past is None:
        return ("serve", wish.scenario.path)
    return ("take-over", str(wish.past.record), "--at", repr(wish.past.at))


def new_folder(base: Path, scenario: str, *, today: datetime) -> Path:
    """One that is not there yet, by the day: a drill never plays over another's record."""
    name = f"{today:%Y-%m-%d}_{scenario}"
    return next(path for path in (base / f"{name}_{count}" for count in range(1, 10_000)) if not path.exists())


def _last_line(log: Path) -> str:
    """What a program said last before it gave up."""
    try:
        told = log.read_bytes()[-_TOLD_BYTES:].decode(errors="replace").strip()
    except OSError:
        return ""
    return told.splitlines()[-1] if told else ""
