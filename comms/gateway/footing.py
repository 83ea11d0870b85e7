"""What a gateway stands on: its time, where its ids come from, who writes its journal, which realm it is of.

A live gateway has the machine's clock and random ids; a drill hands in others, and everything above is the same."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from comms.domain.realm import Realm
from comms.gateway.clock import SystemClock
from comms.gateway.context import Clock
from comms.journal.writer import MakeWriter, Writer
from comms.media.forwarder import Forwarder


def random_id() -> str:
    return uuid4().hex


def loop_time() -> Callable[[], float]:
    return asyncio.get_running_loop().time


@dataclass(frozen=True, slots=True)
class Footing:
    """`socket_path` None: the gateway listens on TCP; else on a socket of this machine alone, for a headless drill."""

    clock: Clock = field(default_factory=SystemClock)
    network_time: Callable[[], float] = field(default_factory=loop_time)
    """Monotonic seconds of networks, peers and ears, who know no drill and do not stand when its clock does."""
    wall_now: Callable[[], float] | None = None
    """Unix seconds by which tokens, codes and relays' credentials end; None: the clock's own."""
    new_id: Callable[[], str] = random_id
    make_writer: MakeWriter = Writer
    realm: Realm = Realm.LIVE
    make_forwarder: Callable[[], Forwarder] | None = None
    """None: the real one, on the gateway's UDP port."""
    socket_path: Path | None = None

    terminals_stay: bool = False
    """Those that the journal says are here come at once: what a drill begins with that takes a record over."""

    def real_now(self) -> float:
        """Unix seconds of the world outside."""
        return self.wall_now() if self.wall_now is not None else self.clock.now()
