"""Who has something to say comes before those who have gone, and of those only a few at a turn."""

import asyncio
import selectors
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from comms.gateway.selector import BURIALS_A_TURN, new_loop, put_back, put_first

if sys.platform != "linux":
    pytest.skip("epoll is Linux's", allow_module_level=True)

from comms.gateway.selector import LivingFirst

CUT = 2 * BURIALS_A_TURN + 5


@pytest.fixture
def pairs() -> Iterator[list[tuple[socket.socket, socket.socket]]]:
    with ExitStack() as stack:
        made = [socket.socketpair() for _ in range(CUT + 1)]
        for ours, theirs in made:
            stack.enter_context(ours)
            stack.enter_context(theirs)
        yield made


def test_the_living_come_first_and_the_dead_a_few_at_a_turn(pairs: list[tuple[socket.socket, socket.socket]]) -> None:
    with LivingFirst() as selector:
        for ours, _ in pairs:
            selector.register(ours, selectors.EVENT_READ)
        for _, theirs in pairs[:-1]:
            theirs.close()
        speaker, speaks = pairs[-1]
        speaks.send(b"help")
        turns = []
        while len(selector.get_map()) > 1:
            ready = [key.fileobj for key, _ in selector.select(0)]
            turns.append(len(ready))
            assert ready[0] is speaker, "at every turn"
            for fileobj in ready[1:]:
                selector.unregister(fileobj)
        assert turns == [BURIALS_A_TURN + 1, BURIALS_A_TURN + 1, 6]
        assert [mask for _, mask in selector.select(0)] == [selectors.EVENT_READ]


def test_what_cannot_wait_comes_before_the_others(pairs: list[tuple[socket.socket, socket.socket]]) -> None:
    urgent, its_peer = pairs[50]
    with LivingFirst() as selector:
        selector.put_first(urgent.fileno())
        for ours, theirs in pairs:
            selector.register(ours, selectors.EVENT_READ)
            theirs.send(b"x")
        told = [key.fileobj for key, _ in selector.select(0)]
        assert told == [urgent, *(ours for ours, _ in pairs if ours is not urgent)]
        its_peer.close()
        assert selector.select(0)[-1][0].fileobj is urgent, "gone"
        selector.put_back(urgent.fileno())
        assert len(selector.select(0)) == len(pairs)


def test_what_was_put_first_is_put_back_and_another_loop_knows_neither() -> None:
    async def put(fileno: int) -> None:
        put_first(fileno)
        put_back(fileno)

    with socket.socket() as sock:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(put(sock.fileno()))
        asyncio.run(put(sock.fileno()))


def test_writing_is_told_as_ever(pairs: list[tuple[socket.socket, socket.socket]]) -> None:
    ours, theirs = pairs[0]
    with LivingFirst() as selector:
        selector.register(ours, selectors.EVENT_READ | selectors.EVENT_WRITE)
        assert [mask for _, mask in selector.select(1.0)] == [selectors.EVENT_WRITE]
        theirs.send(b"x")
        assert [mask for _, mask in selector.select(1.0)] == [selectors.EVENT_READ | selectors.EVENT_WRITE]
        selector.modify(ours, selectors.EVENT_READ)
        ours.recv(1)
        assert selector.select(0) == []


def test_a_loop_of_ours_serves() -> None:
    async def converse() -> bytes:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(b"still here\n")
            heard = await reader.read()
            writer.close()
            await writer.wait_closed()
        return heard

    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(converse()) == b"still here\n"
