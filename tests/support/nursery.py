"""Processes of the product, forked from one that has imported it already: signalled, limited and killed like any other,
but begun in a tenth of the time. `python -m …` itself is started where that is what a test is about."""

import asyncio
import gc
import importlib
import os
import runpy
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping

import msgspec

_IMPORTED = ("comms.gateway.administration", "comms.gateway.garbage", "comms.gateway.shutdown", "comms.gateway.tls")
_MOST_BYTES = 100_000
_NUMBER = struct.Struct("i")


class _Order(msgspec.Struct):
    words: list[str]
    environment: dict[str, str]


class Forked:
    """As much of asyncio's own Process as tests use."""

    def __init__(self, stdout: asyncio.StreamReader, status: int) -> None:
        """`status` is read for two numbers: the process's own, and how it ended."""
        loop = asyncio.get_running_loop()
        self.stdout = stdout
        self._status = status
        self._begun: asyncio.Future[int] = loop.create_future()
        self._ended: asyncio.Future[int] = loop.create_future()
        loop.add_reader(status, self._read_status)

    def _read_status(self) -> None:
        [number] = _NUMBER.unpack(os.read(self._status, _NUMBER.size))
        if not self._begun.done():
            self._begun.set_result(number)
            return
        asyncio.get_running_loop().remove_reader(self._status)
        os.close(self._status)
        self._ended.set_result(number)

    async def begun(self) -> None:
        await self._begun

    @property
    def pid(self) -> int:
        return self._begun.result()

    @property
    def returncode(self) -> int | None:
        return self._ended.result() if self._ended.done() else None

    def send_signal(self, number: int) -> None:
        if not self._ended.done():
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def communicate(self) -> tuple[bytes, None]:
        """All that it still says; when this returns, it has ended."""
        said = await self.stdout.read()
        await self._ended
        return said, None


class Nursery:
    """Close it when all that were forked have ended."""

    def __init__(self, *more: str) -> None:
        """`more` are further modules that are imported already."""
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno()), *more],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def close(self) -> None:
        self._orders.close()
        self._process.wait()

    async def fork(
        self, module: str, *words: str, typed: str = "", environment: Mapping[str, str] | None = None, is_heard: bool
    ) -> Forked:
        """`python -m module words…`. What it says on stderr comes with its stdout if `is_heard`, else it is lost."""
        order = _Order(words=[module, *words], environment={**os.environ, **(environment or {})})
        hand = os.memfd_create("typed")
        os.write(hand, typed.encode())
        os.lseek(hand, 0, os.SEEK_SET)
        ear, mouth = os.pipe()
        status, keeper = os.pipe()
        complaints = os.dup(mouth) if is_heard else os.open(os.devnull, os.O_WRONLY)
        given = [hand, mouth, complaints, keeper]
        socket.send_fds(self._orders, [msgspec.json.encode(order)], given)
        for file in given:
            os.close(file)
        stdout = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stdout), os.fdopen(ear, "rb")
        )
        forked = Forked(stdout, status)
        await forked.begun()
        return forked


# --- in the process that forks -------------------------------------------------------------------------------


def _take_orders(orders: socket.socket) -> list[str]:
    """Returns in each forked process, with its words; ends this process when there will be no more orders."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that keep
    while True:
        order, given, _, _ = socket.recv_fds(orders, _MOST_BYTES, 4)
        if not order:
            sys.exit()
        if os.fork() == 0:
            orders.close()
            return _keep(msgspec.json.decode(order, type=_Order), given)
        for file in given:
            os.close(file)


def _keep(order: _Order, given: list[int]) -> list[str]:
    """Fork once more, and tell when that one ends: only its parent can know."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, status = given
    child = os.fork()
    if child == 0:
        for number, file in enumerate(streams):
            os.dup2(file, number)
        for file in given:
            os.close(file)
        os.environ.clear()
        os.environ.update(order.environment)
        return order.words
    for file in streams:
        os.close(file)
    os.write(status, _NUMBER.pack(child))
    _, ended = os.waitpid(child, 0)
    os.write(status, _NUMBER.pack(os.waitstatus_to_exitcode(ended)))
    os._exit(0)


def main() -> None:
    for name in (*_IMPORTED, *sys.argv[2:]):
        importlib.import_module(name)
    gc.freeze()
    sys.argv = _take_orders(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
