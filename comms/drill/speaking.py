"""What the simulated people of a drill say: on the radio and in calls, in words, and what is written down of it.

Whether the machine has a program for speech changes how it sounds and, in a drill that is heard, how long it takes;
never what a headless drill's journal says."""

import asyncio
import zlib
from collections.abc import Callable, Iterable

from comms.domain import inject as ij
from comms.domain.drill_events import TalkWritten, WordsSource
from comms.domain.events import CallAnswered, CallEnded, CallStarted, Recorded, TalkStarted
from comms.domain.ids import GATEWAY, BurstId, CallId, PartyId, TalkgroupId, UnitId, party_unit
from comms.domain.order import Order
from comms.domain.scenario import Voice, VoiceKind
from comms.drill.cast import HOTLINE_UNITS
from comms.drill.foreseen import Foreseen
from comms.drill.scenes import spoken_s
from comms.drill.sentences import greeting_of, report_of
from comms.drill.site import DrillSite
from comms.fleet.speaker import Speaker
from comms.fleet.synthesis import Throat, Utterance
from comms.fleet.terminal import SimulatedTerminal
from comms.fleet.work import Report
from comms.link.line import LinkLostError
from comms.link.pause import pause
from comms.protocol.pushes import FloorGranted, FloorQueued, Refused

TURNS, AGAIN_S = 4, 6.0
"""Who finds the talkgroup taken says it some seconds later, as workers do; at the fourth time he gives up."""
LONGEST_S = 25.0
"""Of the drill's clock, below the usual limit of a floor: fast drills do not wait for a voice at life's pace."""
MOST_WHO_REPORT = 5
"""Of an order to more, nobody reports by voice: that would be all that is heard."""

_THROATS: dict[VoiceKind, tuple[tuple[str, ...], int, float]] = {
    VoiceKind.WOMAN: (("f1", "f2", "f3", "f4"), 58, 1.0),
    VoiceKind.MAN: (("m1", "m3", "m4", "m7"), 38, 1.0),
    VoiceKind.CHILD: (("f5",), 88, 1.05),
    VoiceKind.OLD_WOMAN: (("f4",), 40, 0.85),
    VoiceKind.OLD_MAN: (("m5",), 24, 0.85),
}
"""Variants, the middle of their pitch, how fast they speak when calm."""
_EITHER = (VoiceKind.WOMAN, VoiceKind.MAN)


def throat_of(unit_id: UnitId, voice: Voice | None) -> Throat:
    """Everybody's own, the same in every drill; who is nobody of the cast has a voice as well."""
    dice = zlib.crc32(unit_id.encode())
    variants, pitch, pace = _THROATS[voice.kind if voice is not None else _EITHER[dice % 2]]
    spread = dice // 7 % 15 - 7
    return Throat(
        variants[dice // 2 % len(variants)], pitch + spread, pace * (voice.pace if voice is not None else 1.0)
    )


class Speaking:
    """`start` with the story, `tell` it what is recorded, `close` with the story."""

    def __init__(self, site: DrillSite, foreseen: Foreseen) -> None:
        self.speaker: Speaker | None = None
        self._site = site
        self._foreseen = foreseen
        self._voices = _voices(site, foreseen)
        self._words: dict[PartyId, str] = {}
        """What is about to be said by whom, on the radio."""
        self._call_words: dict[PartyId, str] = {}
        self._calls: dict[CallId, tuple[PartyId, str]] = {}
        self._radio: dict[UnitId, TalkgroupId] = {}
        """Who speaks on which talkgroup just now."""
        self.acted: set[UnitId] = set()
        """Those whom a trainer speaks for: they say nothing themselves."""

    def start(self) -> None:
        site = self._site
        for terminal in site.fleet.terminals:
            terminal.work.on_report = self._reporter(terminal)
        if site.wanted.is_headless:
            return
        self.speaker = speaker = Speaker()
        for terminal in site.fleet.terminals:
            if terminal.mouth is not None:
                terminal.mouth.is_quiet = speaker.is_able
        for inject in site.scenario.injects:
            if isinstance(inject.what, ij.Say | ij.Call):
                unit_id = self._foreseen.cast.first(inject.what.actor) or HOTLINE_UNITS[0]
                speaker.foresee(self._foreseen.said(inject.what.text), self._throat(unit_id, inject.what.actor))

    def close(self) -> None:
        if self.speaker is not None:
            self.speaker.close()

    @property
    def is_wordless(self) -> bool:
        """Heard, and without words: the machine has no program for speech."""
        return self.speaker is not None and not self.speaker.is_able

    def _throat(self, unit_id: UnitId, actor_id: ij.ActorId | None = None) -> Throat:
        voice = self._voices.get(actor_id or "") or self._voices.get(unit_id)
        return throat_of(unit_id, voice)

    async def utter(self, terminal: SimulatedTerminal, text: str, actor: ij.ActorId | None = None) -> Utterance | None:
        if self.speaker is None:
            return None
        return await self.speaker.utter(text, self._throat(terminal.unit_id, actor))

    # --- on the radio -------------------------------------------------------------------------------------

    async def on_radio(
        self, terminal: SimulatedTerminal, talkgroup_id: TalkgroupId, text: str, *, is_emergency: bool = False
    ) -> None:
        """Raises LinkLostError."""
        utterance = await self.utter(terminal, text)
        for _ in range(TURNS):
            if terminal.unit_id not in self.acted and terminal.unit_id not in self._radio:
                is_said = await self._say(terminal, talkgroup_id, text, utterance, is_emergency=is_emergency)
                if is_said:
                    return
            await pause(self._site.clock, AGAIN_S)

    async def _say(
        self,
        terminal: SimulatedTerminal,
        talkgroup_id: TalkgroupId,
        text: str,
        utterance: Utterance | None,
        *,
        is_emergency: bool,
    ) -> bool:
        """False when it is worth to try again."""
        assert terminal.mouth is not None
        self._radio[terminal.unit_id] = talkgroup_id
        self._words[terminal.party] = text
        terminal.mouth.prepare(utterance)
        try:
            answer = await terminal.press(talkgroup_id, is_emergency=is_emergency)
            if isinstance(answer, FloorGranted):
                await self._said(terminal, text, utterance)
        finally:
            self._words.pop(terminal.party, None)
            is_own = self._radio.pop(terminal.unit_id, None) is not None
        if isinstance(answer, FloorGranted | FloorQueued) and is_own:
            terminal.release(talkgroup_id)
        if not isinstance(answer, FloorGranted):
            terminal.mouth.prepare(None)
        return isinstance(answer, FloorGranted | Refused)

    async def _said(self, terminal: SimulatedTerminal, text: str, utterance: Utterance | None) -> None:
        """A voice needs its time in life; without one it is a rule, on the drill's clock."""
        if utterance is None or terminal.mouth is None:
            await pause(self._site.clock, spoken_s(text))
            return
        try:
            async with asyncio.timeout(utterance.duration_s + 5.0):
                said = asyncio.ensure_future(terminal.mouth.said())
                longest = asyncio.ensure_future(pause(self._site.clock, LONGEST_S))
                try:
                    await asyncio.wait((said, longest), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    said.cancel()
                    longest.cancel()
        except TimeoutError:
            pass  # its path is gone

    def hush(self, terminal: SimulatedTerminal) -> None:
        """Somebody is about to speak for it."""
        talkgroup_id = self._radio.pop(terminal.unit_id, None)
        if talkgroup_id is not None:
            terminal.release(talkgroup_id)

    def _reporter(self, terminal: SimulatedTerminal) -> Callable[[Order, Report, str], None]:
        def report(order: Order, what: Report, reason: str) -> None:
            self._site.fleet.spawn(self._report(terminal, order, what, reason))

        return report

    async def _report(self, terminal: SimulatedTerminal, order: Order, what: Report, reason: str) -> None:
        """On its own talkgroup. Who has lost the network says nothing."""
        unit = self._site.gateway.picture.units[terminal.unit_id].unit
        if len(order.unit_ids) > MOST_WHO_REPORT or not unit.talkgroup_ids:
            return
        place = order.place.text if order.place is not None else ""
        text = report_of(what, name=unit.name, place=place, reason=reason, locale=self._foreseen.locale)
        try:
            await self.on_radio(terminal, unit.talkgroup_ids[0], text)
        except LinkLostError:
            return

    # --- in calls -----------------------------------------------------------------------------------------

    async def before_call(self, terminal: SimulatedTerminal, text: str, actor: ij.ActorId) -> None:
        """Said once somebody answers."""
        utterance = await self.utter(terminal, text, actor)
        self._call_words[terminal.party] = text
        if terminal.mouth is not None and not terminal.mouth.is_open:
            terminal.mouth.prepare(utterance)

    async def _greet(self, terminal: SimulatedTerminal, text: str) -> None:
        utterance = await self.utter(terminal, text)
        if terminal.mouth is not None and not terminal.mouth.is_open:
            terminal.mouth.prepare(utterance)

    # --- what is written down ------------------------------------------------------------------------------

    def tell(self, recorded: Iterable[Recorded]) -> None:
        """Of what became durable: whose burst or call the words are of."""
        for item in recorded:
            match item.event:
                case TalkStarted(call_id=call_id, burst_id=burst_id, talker=talker):
                    words = self._words.pop(talker, None)
                    if words is not None:
                        self._write(_written(call_id, talker, words, burst_id=burst_id))
                case CallStarted(call=call) if call.talkgroup_id is None:
                    self._ring(call.id, call.caller, call.callee)
                case CallAnswered(call_id=call_id) if call_id in self._calls:
                    talker, words = self._calls.pop(call_id)
                    self._write(_written(call_id, talker, words))
                case CallEnded(call_id=call_id):
                    self._calls.pop(call_id, None)
                case _:
                    pass

    def _ring(self, call_id: CallId, caller: PartyId, callee: PartyId | None) -> None:
        words = self._call_words.pop(caller, None)
        if words is not None:
            self._calls[call_id] = (caller, words)
            return
        unit_id = party_unit(callee) if callee is not None else None
        if callee is not None and unit_id is not None and unit_id not in self.acted:
            name = self._site.gateway.picture.units[unit_id].unit.name
            words = greeting_of(name, locale=self._foreseen.locale)
            self._calls[call_id] = (callee, words)
            self._site.fleet.spawn(self._greet(self._site.fleet.terminal(unit_id), words))

    def _write(self, written: TalkWritten) -> None:
        self._site.gateway.record_soon(GATEWAY, [written])


def _written(call_id: CallId, talker: PartyId, words: str, *, burst_id: BurstId | None = None) -> TalkWritten:
    return TalkWritten(call_id=call_id, burst_id=burst_id, talker=talker, words=words, source=WordsSource.SIMULATED)


def _voices(site: DrillSite, foreseen: Foreseen) -> dict[str, Voice]:
    """By the actor's name, and by each unit that plays one."""
    voices: dict[str, Voice] = {}
    for actor in site.scenario.cast:
        voices[actor.id] = actor.voice
        voices.update(dict.fromkeys(foreseen.units(actor.id), actor.voice))
    return voices
