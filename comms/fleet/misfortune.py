"""Faults that come and go: who is struck next, by what and for how long, from a seed."""

import heapq
import random
from collections.abc import Iterable
from typing import assert_never

from comms.fleet.faults import BETWEEN_S, GARBAGE, LASTS_S, OCCASIONAL, Fault
from comms.fleet.terminal import SimulatedTerminal
from comms.link.clock import Clock


class Misfortune:
    """`strike` as often as one likes; it does what has become due."""

    def __init__(self, terminals: Iterable[SimulatedTerminal], *, clock: Clock, seed: int) -> None:
        self._due: list[tuple[float, int, Fault]] = []
        self._terminals = list(terminals)
        self._dice = random.Random(f"{seed}/misfortune")  # not for secrecy: a run must be repeatable
        start_s = clock.monotonic()
        for terminal in self._terminals:
            for fault in sorted(terminal.faults & OCCASIONAL):
                heapq.heappush(self._due, (start_s + self._dice.uniform(*BETWEEN_S), terminal.row, fault))

    def strike(self, now_s: float) -> None:
        while self._due and self._due[0][0] <= now_s:
            _, row, fault = heapq.heappop(self._due)
            lasts_s = self._dice.uniform(*LASTS_S)
            befall(self._terminals[row], fault, for_s=lasts_s, dice=self._dice)
            heapq.heappush(self._due, (now_s + lasts_s + self._dice.uniform(*BETWEEN_S), row, fault))


def befall(terminal: SimulatedTerminal, fault: Fault, *, for_s: float, dice: random.Random) -> None:
    """Let a fault happen to a terminal now. Those that last as long as the terminal begin with this and stay."""
    match fault:
        case Fault.LOSE_NETWORK:
            terminal.lose_network(for_s)
        case Fault.HALF_OPEN:
            terminal.go_half_open(for_s)
        case Fault.LOSE_MEDIA:
            terminal.lose_media()
        case Fault.GARBAGE:
            terminal.link.send_raw(dice.choice(GARBAGE))
        case Fault.REFUSE_CAMERA:
            terminal.filming.refuses_camera = True
        case Fault.DEAF_TO_CALLS:
            terminal.calling.is_deaf = True
        case Fault.SAY_TWICE:
            terminal.link.asking.says_twice = True
        case (
            Fault.BATTERY_LOW
            | Fault.TALK_TOO_LONG
            | Fault.DIE_TALKING
            | Fault.CLOCK_AHEAD
            | Fault.NULL_ISLAND
            | Fault.STRAY
            | Fault.SPEED
            | Fault.GO_SILENT
        ):
            terminal.faults.add(fault)
        case _:
            assert_never(fault)
