"""Where a gateway notices that it gets no memory any more."""

import asyncio
import threading
from pathlib import Path
from typing import Any, NoReturn

import pytest

from comms.gateway import memory
from comms.gateway.handlers import HANDLERS
from comms.protocol.commands import Ping
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Pong
from tests.support.gateway import NORTH_DUTY, running_gateway
from tests.support.terminal import code_of, desk, new_id


async def _starved(*_: Any) -> NoReturn:
    raise MemoryError


async def test_a_command_that_gets_no_memory_is_told_to_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context.get("exception")))
    async with running_gateway(tmp_path) as site, desk(site, NORTH_DUTY) as officer:
        with monkeypatch.context() as patched:
            patched.setitem(HANDLERS, Ping, _starved)
            assert code_of(await officer.ask(Ping(id=new_id()))) == RefusalCode.INTERNAL
        assert [type(error) for error in told] == [MemoryError]
        assert isinstance(await officer.ask(Ping(id=new_id())), Pong)


async def test_no_memory_ends_the_process_wherever_it_is_noticed_and_nothing_else_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ended: list[int] = []
    said: list[object] = []
    monkeypatch.setattr(memory, "_end", lambda: ended.append(memory.EXIT_OUT_OF_MEMORY))
    monkeypatch.setattr(threading, "__excepthook__", lambda failed: said.append(failed.exc_type))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(loop, "default_exception_handler", lambda context: said.append(context["message"]))
    memory.end_when_out_of_memory(loop)
    for count, error in enumerate((MemoryError(), ValueError())):
        loop.call_exception_handler({"message": "a task failed", "exception": error})
        threading.excepthook(threading.ExceptHookArgs((type(error), error, None, None)))
        assert ended == [memory.EXIT_OUT_OF_MEMORY] * 2
        assert count == 0 or said[-2:] == ["a task failed", ValueError]
