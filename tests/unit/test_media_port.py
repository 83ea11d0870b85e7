"""What the media port does with many datagrams at once: handshakes first, media for a while, and none that is late."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from comms.media import port as module
from comms.media.port import LATE_S, MEDIA_S, MediaPort
from comms.media.transport import LiteTransport

VOICE, DTLS = b"\x80", b"\x16"


class _Port(MediaPort):
    """Notes what it would deal with, and that each takes so long."""

    def __init__(self, sock: socket.socket, each_s: float) -> None:
        self.now, self.each_s = 100.0, each_s
        self.dealt_with: list[bytes] = []
        super().__init__(sock, clock=lambda: self.now, on_media=_never, on_handshake=_never)

    def on_datagram(self, datagram: bytes, address: tuple[str, int]) -> None:
        self.dealt_with.append(datagram)
        self.now += self.each_s


def _never(_transport: LiteTransport, _datagram: bytes = b"") -> None:
    raise AssertionError("nobody is there")


def voice(number: int) -> bytes:
    return VOICE + bytes((111, number, *bytes(12)))


@pytest.fixture
def sender() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        yield sock


async def test_a_handshake_does_not_wait_behind_voice_and_voice_goes_on_by_itself(
    monkeypatch: pytest.MonkeyPatch, sender: socket.socket
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    port = _Port(MediaPort.bind("127.0.0.1", 0), each_s=MEDIA_S / 2)
    port.open()
    with closing(port):
        says = [voice(number) for number in range(5)]
        for datagram in (*says, DTLS):
            sender.sendto(datagram, port.address)
        port.on_readable()
        assert port.dealt_with == [DTLS, *says[:2]], "for so long, then others have their turn"
        while len(port.dealt_with) < 6:
            await asyncio.sleep(0)
        assert port.dealt_with == [DTLS, *says]
        assert port.late == 0


async def test_voice_that_waited_too_long_is_passed_on_no_more(
    monkeypatch: pytest.MonkeyPatch, sender: socket.socket
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    port = _Port(MediaPort.bind("127.0.0.1", 0), each_s=MEDIA_S)
    port.open()
    with closing(port):
        for number in range(5):
            sender.sendto(voice(number), port.address)
        port.on_readable()
        port.now += LATE_S
        sender.sendto(voice(9), port.address)
        port.on_readable()
        assert (port.dealt_with, port.late) == ([voice(0), voice(1), voice(9)], 3)


async def test_a_port_that_is_closed_passes_on_nothing(monkeypatch: pytest.MonkeyPatch, sender: socket.socket) -> None:
    monkeypatch.setattr(module, "_BATCH", 1)
    port = _Port(MediaPort.bind("127.0.0.1", 0), each_s=MEDIA_S)
    port.open()
    with closing(port):
        for number in range(3):
            sender.sendto(voice(number), port.address)
        port.on_readable()
    await asyncio.sleep(0)
    assert port.dealt_with == [voice(0)]
