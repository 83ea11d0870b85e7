"""What a fleet does of its own accord during a shift: somebody talks, offers video, calls the officer."""

import random
from dataclasses import dataclass

from comms.domain.ids import TalkgroupId
from comms.fleet.fleet import Fleet, pick
from comms.fleet.terminal import SimulatedTerminal
from comms.link.clock import Clock
from comms.link.line import LinkLostError
from comms.link.pause import pause
from comms.protocol.pushes import FloorGranted, FloorQueued


class DutyError(ValueError):
    """Words that are no duty."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Every so often one unit of a talkgroup talks for so long, in seconds."""

    talkgroup_id: TalkgroupId
    every_s: float
    for_s: float


def parse_talk(words: str) -> Talk:
    """`GROUP:EVERY_S:FOR_S`. Raises DutyError."""
    group, _, times = words.rpartition(":")
    group, _, every = group.rpartition(":")
    try:
        talk = Talk(TalkgroupId(group), float(every), float(times))
    except ValueError:
        raise DutyError(f"{words!r} is not GROUP:EVERY_S:FOR_S") from None
    if not group or talk.every_s <= 0 or talk.for_s <= 0:
        raise DutyError(f"{words!r} is not GROUP:EVERY_S:FOR_S with times above 0")
    return talk


class Duty:
    """Begins its parts on the fleet, which ends them when it stops."""

    def __init__(self, fleet: Fleet, *, clock: Clock, seed: int) -> None:
        self._fleet = fleet
        self._clock = clock
        self._dice = random.Random(f"{seed}/duty")  # not for secrecy: a run must be repeatable

    def talk(self, talk: Talk) -> None:
        self._fleet.spawn(self._talk(talk))

    def return_video(self, count: int) -> None:
        """So many units offer their cameras, and again when a video was ended."""
        chosen = self._dice.sample(range(len(self._fleet.terminals)), k=min(count, len(self._fleet.terminals)))
        for row in chosen:
            self._fleet.spawn(self._return_video(self._fleet.terminals[row]))

    def call_officer(self, every_s: float) -> None:
        self._fleet.spawn(self._call_officer(every_s))

    async def _talk(self, talk: Talk) -> None:
        while True:
            await pause(self._clock, talk.every_s)
            terminal = pick((each for each in self._fleet.terminals if _may_talk(each, talk.talkgroup_id)), self._dice)
            if terminal is not None:
                await say_something(terminal, talk.talkgroup_id, for_s=talk.for_s, clock=self._clock)

    async def _return_video(self, terminal: SimulatedTerminal) -> None:
        while True:
            try:
                if terminal.is_ready and terminal.filming.video_id is None:
                    await terminal.filming.offer()
            except LinkLostError:
                pass  # offered again when it is back
            await pause(self._clock, 5.0)

    async def _call_officer(self, every_s: float) -> None:
        while True:
            await pause(self._clock, every_s)
            terminal = pick((each for each in self._fleet.terminals if each.calling.call_id is None), self._dice)
            try:
                if terminal is not None:
                    await terminal.calling.place()
            except LinkLostError:
                continue


def _may_talk(terminal: SimulatedTerminal, talkgroup_id: TalkgroupId) -> bool:
    welcome = terminal.welcome
    return welcome is not None and any(talkgroup.id == talkgroup_id for talkgroup in welcome.talkgroups)


async def say_something(terminal: SimulatedTerminal, talkgroup_id: TalkgroupId, *, for_s: float, clock: Clock) -> bool:
    """Press, talk for so long, let go. False when the floor did not come; a place in the queue is given up."""
    try:
        answer = await terminal.press(talkgroup_id)
    except LinkLostError:
        return False
    if isinstance(answer, FloorGranted):
        await pause(clock, for_s)
    if isinstance(answer, FloorGranted | FloorQueued) and not terminal.talks_too_long:
        terminal.release(talkgroup_id)
    return isinstance(answer, FloorGranted)
