"""The person who carries a simulated terminal, as calls, cameras and orders need it."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from comms.fleet.asking import Asking
from comms.fleet.behaviour import Behaviour, Person, Span
from comms.link.clock import Clock
from comms.link.pause import pause


@dataclass(frozen=True, slots=True)
class Worker:
    """Asks the gateway by `asking`, decides as `person`, takes its time by `clock`. `spawn` owns what it does."""

    asking: Asking
    person: Person
    clock: Clock
    spawn: Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]

    @property
    def behaviour(self) -> Behaviour:
        return self.person.behaviour

    async def take_time(self, span: Span) -> None:
        await pause(self.clock, self.person.takes(span))
