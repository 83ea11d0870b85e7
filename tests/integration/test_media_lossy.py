"""Everything together on a bad network: 5 % random loss and 50 ms of jitter, both ways, on every leg."""

import asyncio
import time

import pytest

from comms.media.jitter import JitterStats
from comms.media.opus import Pcm
from comms.media.rtp import RtpPacket
from comms.media.video import film_card
from comms.media.voice import VoiceReceiver
from tests.support.desk_peer import desk_at, show, speak
from tests.support.lossy import Faults, LossyRelay
from tests.support.media import media_site, until
from tests.support.sound import BLOCK, continuity, has_tone

BAD = Faults(loss=0.05, delay_s=0.03, jitter_s=0.05)


class SteadyClock:
    """Real time without the moments at which a busy machine let nothing run at all: the talker, the network and the
    listener share one process, so such a moment is none of the network's doing."""

    _LONGEST_STEP_S = 0.02

    def __init__(self) -> None:
        self._seen_s = time.monotonic()
        self._now_s = 0.0

    def __call__(self) -> float:
        seen_s = time.monotonic()
        self._now_s += min(seen_s - self._seen_s, self._LONGEST_STEP_S)
        self._seen_s = seen_s
        return self._now_s

    async def run(self) -> None:
        while True:
            self()
            await asyncio.sleep(0.005)


class Tape:
    """Packets and when they came, to be played afterwards at an even pace, as a sound card would have."""

    def __init__(self, clock: SteadyClock) -> None:
        self._clock = clock
        self._arrivals: list[tuple[float, RtpPacket]] = []
        self.stats: JitterStats

    def put(self, packet: RtpPacket) -> None:
        self._arrivals.append((self._clock(), packet))

    def play(self) -> list[Pcm]:
        now_s = self._arrivals[0][0]
        end_s = self._arrivals[-1][0] + 0.5
        receiver = VoiceReceiver(clock=lambda: now_s)
        waiting = list(self._arrivals)
        blocks: list[Pcm] = []
        turn_s = now_s
        while turn_s < end_s:
            while waiting and waiting[0][0] <= turn_s:
                now_s, packet = waiting.pop(0)
                receiver.put(packet)
            now_s = turn_s
            blocks.append(receiver.pull(BLOCK))
            turn_s += 0.01
        self.stats = receiver.stats
        return blocks


async def test_speech_goes_on_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each packet passes the bad network twice, so about one in ten is lost."""
    async with LossyRelay(Faults(), seed=42) as relay, media_site(advertised=relay.address) as site:
        relay.lead_to(site.forwarder.address)
        async with desk_at(site, tone_hz=700) as desk:
            unit = await site.join("unit")
            clock = SteadyClock()
            at_unit, at_desk = Tape(clock), Tape(clock)
            unit.client.on_audio = lambda _mid, packet: at_unit.put(packet)
            to_card = desk.peer.voices["1"].put

            def put_and_keep(packet: RtpPacket) -> None:
                at_desk.put(packet)
                to_card(packet)

            monkeypatch.setattr(desk.peer.voices["1"], "put", put_and_keep)
            site.forwarder.set_route("down", source="desk", kind="audio", sinks=[("unit", "0")])
            site.forwarder.set_route("up", source="unit", kind="audio", sinks=[("desk", "1")])
            relay.faults = BAD
            desk.peer.start_talking()
            running = asyncio.create_task(clock.run())
            await speak(unit, 440, 3.0)
            running.cancel()
            desk.peer.stop_talking()
            await until(lambda: not desk.peer.voices["1"].is_active)
            assert relay.lost > 10
            assert continuity(at_unit.play(), 700) > 0.9
            assert continuity(at_desk.play(), 440) > 0.9
            assert at_desk.stats.recovered > 0
            assert at_unit.stats.recovered > 0
            assert sum(has_tone(block, 440) for block in desk.heard) > 100, "and it was heard, not only received"


async def test_video_comes_through() -> None:
    async with LossyRelay(Faults(), seed=7) as relay, media_site(advertised=relay.address) as site:
        relay.lead_to(site.forwarder.address)
        async with desk_at(site) as desk:
            camera = await site.join("unit")
            pictures = film_card("h264", seconds=1.0).pictures
            site.forwarder.set_route("v", source="unit", kind="video", sinks=[("desk", "4")])
            relay.faults = BAD
            await show(camera, pictures, desk, "4", count=20)
            assert relay.lost > 0


async def test_a_source_changes_and_nothing_is_clipped_by_jitter() -> None:
    """Without loss, whatever the jitter: every packet of every burst is delivered, the first and the last too."""
    async with LossyRelay(Faults(), seed=8) as relay, media_site(advertised=relay.address) as site:
        relay.lead_to(site.forwarder.address)
        talkers = [await site.join("a"), await site.join("b")]
        listener = await site.join("c")
        relay.faults = Faults(delay_s=0.02, jitter_s=0.05)
        for burst in range(4):
            talker = talkers[burst % 2]
            site.forwarder.set_route("g", source=talker.name, kind="audio", sinks=[("c", "0")])
            said = [f"{burst}.{number}".encode() for number in range(8)]
            last = await talker.speak(*said, every_s=0.02)
            drained: list[bool] = []
            site.forwarder.drain("g", last_sequence=last, on_drained=lambda: drained.append(True))  # noqa: B023
            await until(lambda: drained)  # noqa: B023
        await until(lambda: len(listener.heard) == 32)
        in_order = sorted(
            listener.heard, key=lambda heard: (heard[1].timestamp - listener.heard[0][1].timestamp + 2**31) % 2**32
        )
        assert [packet.payload for _, packet in in_order] == [
            f"{burst}.{number}".encode() for burst in range(4) for number in range(8)
        ]
