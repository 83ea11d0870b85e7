"""Who has been taken from the kernel and waits: ahead of a crowd or in its order, unless he has gone."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from comms.gateway import listening
from comms.gateway.connection_limits import ConnectionLimits, LimitPlan
from comms.gateway.doorstep import Doorstep
from comms.gateway.selector import new_loop

AHEAD = b"GET /v1?ahead "
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pairs() -> Iterator[list[Pair]]:
    with ExitStack() as stack:
        made = [socket.socketpair() for _ in range(5)]
        for pair in made:
            for each in pair:
                each.setblocking(False)
                stack.enter_context(each)
        yield made


def test_the_crowd_goes_in_order_and_who_comes_ahead_before_it(pairs: list[Pair]) -> None:
    doorstep: Doorstep[socket.socket] = Doorstep(AHEAD)
    for ours, _ in pairs:
        doorstep.put(ours)
    pairs[3][1].send(AHEAD + b"HTTP/1.1\r\n")
    pairs[1][1].send(b"GET /v1 HTTP/1.1\r\n")
    pairs[2][1].send(AHEAD[:5])
    doorstep.look()
    assert doorstep.next_ahead() is pairs[3][0]
    assert doorstep.next_ahead() is None
    pairs[2][1].send(AHEAD[5:])  # the rest of it
    pairs[0][1].send(AHEAD)  # had said nothing
    doorstep.look()
    assert [doorstep.next_ahead() for _ in range(3)] == [pairs[0][0], pairs[2][0], None]
    assert [doorstep.next() for _ in range(3)] == [pairs[1][0], pairs[4][0], None]
    assert len(doorstep) == 0


def test_who_has_hung_up_is_passed_over(pairs: list[Pair]) -> None:
    doorstep: Doorstep[socket.socket] = Doorstep(AHEAD)
    for ours, _ in pairs:
        doorstep.put(ours)
    pairs[0][1].close()
    pairs[1][1].send(b"GET /v1 HTTP/1.1\r\n")
    doorstep.look()
    assert doorstep.next() is pairs[1][0]
    assert pairs[0][0].fileno() == -1
    doorstep.close()
    assert all(ours.fileno() == -1 for ours, _ in pairs[2:])
    assert len(doorstep) == 0


def test_what_lingers_of_a_broken_connection_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        ours, _ = server.accept()
        ours.setblocking(False)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        client.close()  # by a reset
        doorstep: Doorstep[socket.socket] = Doorstep(AHEAD)
        doorstep.put(ours)
        assert doorstep.next() is None
        assert ours.fileno() == -1


class _Met(asyncio.Protocol):
    """Notes what each connection said first, in the order in which they were begun."""

    def __init__(self, met: list[bytes], done: asyncio.Event, count: int) -> None:
        self._met, self._done, self._count = met, done, count

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._met.append(data)
        self._transport.close()
        if len(self._met) == self._count:
            self._done.set()


@pytest.mark.parametrize("is_ours", [True, False])
def test_all_come_in_a_few_at_a_turn_and_who_comes_ahead_first(monkeypatch: pytest.MonkeyPatch, is_ours: bool) -> None:
    """A usual loop knows no nudge: there nobody waits on the doorstep."""
    monkeypatch.setattr(listening, "A_TURN", 4)
    says = [b"crowd %d" % number for number in range(20)]
    says[15] = AHEAD

    async def meet() -> list[bytes]:
        met: list[bytes] = []
        done = asyncio.Event()
        loop = asyncio.get_running_loop()
        limits = ConnectionLimits(LimitPlan(), network_time=loop.time)
        sock = listening.listen("127.0.0.1", 0, limits, ahead=AHEAD)
        sock.listen(64)
        with ExitStack() as stack:
            for words in says:  # they are in the kernel before anybody is taken
                client = stack.enter_context(socket.create_connection(sock.getsockname()))
                client.send(words)
            server = await loop.create_server(lambda: _Met(met, done, len(says)), sock=sock, backlog=5)
            await done.wait()
            server.close()
            await server.wait_closed()
        return met

    with asyncio.Runner(loop_factory=new_loop if is_ours else None) as runner:
        met = runner.run(meet())
    crowd = [words for words in says if words != AHEAD]
    assert met == ([AHEAD, *crowd] if is_ours else says)


def test_without_a_descriptor_left_those_on_the_doorstep_still_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    plainly, left = socket.socket.accept, iter((True, True))

    def accept(sock: socket.socket) -> tuple[socket.socket, object]:
        if not next(left, False):
            raise OSError(errno.EMFILE, "too many open files")
        return plainly(sock)

    async def meet() -> None:
        limits = ConnectionLimits(LimitPlan(), network_time=lambda: 0.0)
        with listening.listen("127.0.0.1", 0, limits, ahead=AHEAD) as sock, ExitStack() as stack:
            sock.listen(8)
            sock.setblocking(False)
            for _ in range(3):
                stack.enter_context(socket.create_connection(sock.getsockname()))
            monkeypatch.setattr(socket.socket, "accept", accept)
            for _ in range(2):
                stack.enter_context(sock.accept()[0])
            with pytest.raises(OSError, match="too many"):
                sock.accept()
            with pytest.raises(BlockingIOError):
                sock.accept()  # and asks no more in this turn

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(meet())
