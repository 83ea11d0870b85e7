"""A desk without a window in a process of its own, to be killed: `python -m tests.soak.desk SOCKET URL OFFICER`.

Everything of a desk but Qt: session, link, store, voice. What its officer does is told on the socket, a JSON value a
line: a durable command, or a talkgroup to talk to. Each answer goes back. It answers calls, and ends them.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from comms.domain.ids import CallId, OfficerId, TalkgroupId
from comms.protocol.codec import decode_command
from comms.protocol.pushes import Refused
from console.store.store import Store
from tests.support.desk import DeskRig
from tests.support.gateway import PASSWORD

ANSWERS_FOR_S = 0.4


class Officer:
    """Who sits at the desk."""

    def __init__(self, rig: DeskRig, mouth: asyncio.StreamWriter) -> None:
        self._rig = rig
        self._mouth = mouth
        self._tasks: set[asyncio.Task[None]] = set()
        self._answered: set[CallId] = set()
        rig.store.subscribe(lambda _: self._look(rig.store))

    def say(self, **what: Any) -> None:
        self._mouth.write(json.dumps(what).encode() + b"\n")

    def do(self, told: dict[str, Any]) -> None:
        if "talk" in told:
            self._spawn(self._talk(TalkgroupId(told["talk"]), told["for_s"]))
        else:
            self._spawn(self._ask(told["command"]))

    def _look(self, store: Store) -> None:
        for call_id in set(store.ringing) - self._answered:
            self._answered.add(call_id)
            self._spawn(self._take_call(call_id))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, text: str) -> None:
        command: Any = decode_command(text)
        answer: Any = await self._rig.session.request_durable(command)
        self.say(id=command.id, code=answer.code.value if isinstance(answer, Refused) else "")

    async def _talk(self, talkgroup_id: TalkgroupId, for_s: float) -> None:
        self._rig.voice.press(talkgroup_id)
        await asyncio.sleep(for_s)
        self._rig.voice.release(talkgroup_id)

    async def _take_call(self, call_id: CallId) -> None:
        await self._rig.voice.answer(call_id)
        await asyncio.sleep(ANSWERS_FOR_S)
        await self._rig.voice.hang_up(call_id)


async def main(socket: str, url: str, officer_id: str) -> None:
    """Until the socket closes, or it is killed."""
    ear, mouth = await asyncio.open_unix_connection(Path(socket))
    rig = DeskRig(url)
    async with rig.running(signs_in=False):
        rig.session.sign_in(OfficerId(officer_id), PASSWORD)
        officer = Officer(rig, mouth)
        await rig.until(lambda: rig.store.is_in_sync)
        officer.say(ready=True)
        while line := await ear.readline():
            officer.do(json.loads(line))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
