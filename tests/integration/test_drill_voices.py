"""What simulated people say, heard through real sockets: words of a voice of their own, and written down beside it."""

from pathlib import Path

import pytest

from comms.domain import drill_events as dr
from comms.domain.ids import unit_party
from comms.drill.director import Director
from comms.fleet.media_path import MediaPath
from comms.fleet.synthesis import Utterance, program
from comms.fleet.terminal import SimulatedTerminal
from comms.media.rtp import RtpPacket
from tests.support.drill_run import heard
from tests.support.media import until

pytestmark = pytest.mark.skipif(program() is None, reason="espeak-ng is not installed")


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
    while (packet := utterance.packet(len(found), 20)) is not None:
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
