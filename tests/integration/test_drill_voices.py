"""What simulated people say, heard through real sockets: words of a voice of their own, and written down beside it."""

from pathlib import Path

import numpy as np
import pytest

from comms.domain import drill_events as dr
from comms.domain.events import VideoStarted
from comms.domain.ids import OfficerId, unit_party
from comms.drill.director import Director
from comms.fleet.lettering import burn_tall
from comms.fleet.media_path import MediaPath
from comms.fleet.synthesis import Utterance, program
from comms.fleet.terminal import SimulatedTerminal
from comms.media.picture import VideoPicture
from comms.media.rtp import RtpPacket
from comms.media.video import VideoDecoder
from comms.protocol.commands import VideoWatch
from comms.protocol.pushes import Done
from tests.support.air import desk_on_air
from tests.support.drill_run import heard, site_of
from tests.support.media import until
from tests.support.terminal import new_id

needs_program = pytest.mark.skipif(program() is None, reason="espeak-ng is not installed")
TRAINEE = OfficerId("duty")


class Ear:
    """Payloads that one terminal hears, in order."""

    def __init__(self, terminal: SimulatedTerminal) -> None:
        self.payloads: list[bytes] = []
        assert isinstance(terminal.media, MediaPath)
        terminal.media.on_packet = self._take

    def _take(self, mid: str, packet: RtpPacket) -> None:
        self.payloads.append(packet.payload)


def _packets(utterance: Utterance) -> list[bytes]:
    found: list[bytes] = []
    while (packet := utterance.packet(len(found))) is not None:
        found.append(packet.payload)
    return found


def _words(director: Director) -> list[dr.TalkWritten]:
    """Also of what is only recorded soon."""
    state = director.site.gateway.picture.drill.state
    assert state is not None
    return [
        dr.TalkWritten(
            call_id=line.call_id, talker=line.talker, words=line.words, burst_id=line.burst_id, source=line.source
        )
        for line in state.words
    ]


@needs_program
async def test_an_inject_is_said_in_words_and_written_down(tmp_path: Path) -> None:
    async with heard(tmp_path) as director:
        site, speaking = director.site, director.story.people.speaking
        scout = site.fleet.terminal(director.foreseen.units("scout")[0])
        listener = next(each for each in site.fleet.terminals if each is not scout and each.unit_id.startswith("u"))
        ear = Ear(listener)
        await director.begin(director.trainer)
        assert not speaking.is_wordless
        await director.fire(director.trainer, "say")
        await until(lambda: _words(director))
        group = site.gateway.picture.talkgroups[site.wanted.town.talkgroups[0].id]
        await until(lambda: group.talker is None)
        (written,) = _words(director)
        assert (written.talker, written.words) == (scout.party, "请求支援")
        utterance = await speaking.utter(scout, "请求支援")
        assert utterance is not None
        assert ear.payloads == _packets(utterance)
        await until(lambda: site.gateway.picture.recordings)
        recording = next(iter(site.gateway.picture.recordings.values()))
        assert recording.burst_id == written.burst_id
        assert recording.duration_s == pytest.approx(utterance.duration_s, abs=0.05)
        assert recording.talker == unit_party(scout.unit_id)


async def test_a_video_of_an_inject_shows_its_scene_through_the_real_path(tmp_path: Path) -> None:
    async with heard(tmp_path) as director, desk_on_air(site_of(director), TRAINEE) as trainee:
        await director.begin(director.trainer)
        await director.fire(director.trainer, "video")
        started = await trainee.peer.event(VideoStarted)
        await trainee.peer.ask_for(VideoWatch(id=new_id(), video_id=started.video.id), Done)
        scout = director.site.fleet.terminal(director.foreseen.units("scout")[0])
        decoder = VideoDecoder(scout.filming.codec or "")
        seen: list[VideoPicture] = []

        def sees() -> bool:
            while any(packet.is_marked for _, packet in trainee.caller.seen):
                packets = [packet for _, packet in trainee.caller.seen]
                end = next(at for at, packet in enumerate(packets) if packet.is_marked) + 1
                del trainee.caller.seen[:end]
                seen.extend(decoder.decode([packet.payload for packet in packets[:end]]) or [])
            return bool(seen)

        await until(sees)
        words = np.zeros((60, 360), np.uint8)
        area = burn_tall(words, "演练 DRILL", top=8, left=8, size=2)
        shown = seen[-1].y[area].astype(int)
        assert np.abs(shown - words[area]).mean() < 30
        assert scout.filming.view is not None
        like = scout.filming.view(director.site.clock.now())
        assert np.abs(seen[-1].y[60:320].astype(int) - like.y[60:320]).mean() < 30
