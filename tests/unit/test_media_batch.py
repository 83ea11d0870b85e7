"""Datagrams sent many at a time, over real sockets."""

import socket
from collections.abc import Iterator

import pytest

from comms.media.batch import CAPACITY, Batch, packed_name
from comms.media.port import MediaPort


def _pair(host: str) -> tuple[socket.socket, socket.socket]:
    try:
        sender = MediaPort.bind(host, 0)
    except OSError:
        pytest.skip(f"no {host} here")
    receiver = socket.socket(sender.family, socket.SOCK_DGRAM)
    receiver.bind((host, 0))
    receiver.settimeout(30)
    return sender, receiver


@pytest.fixture(params=["127.0.0.1", "::1"])
def sockets(request: pytest.FixtureRequest) -> Iterator[tuple[socket.socket, socket.socket]]:
    sender, receiver = _pair(request.param)
    yield sender, receiver
    sender.close()
    receiver.close()


def _write(batch: Batch, slot: int, datagram: bytes, address: tuple[str, int]) -> None:
    batch.buffer[slot * 2048 : slot * 2048 + len(datagram)] = datagram
    batch.lengths[slot] = len(datagram)
    batch.names[slot] = list(packed_name(batch.family, address))


def test_a_full_batch_arrives_whole_and_in_order(sockets: tuple[socket.socket, socket.socket]) -> None:
    sender, receiver = sockets
    batch = Batch(sender)
    for turn in range(2):
        said = [bytes((turn, slot)) * (slot + 1) for slot in range(CAPACITY)]
        for slot, datagram in enumerate(said):
            _write(batch, slot, datagram, receiver.getsockname()[:2])
        assert batch.send(CAPACITY) == CAPACITY
        assert [receiver.recv(2048) for _ in said] == said


def test_one_that_cannot_be_sent_keeps_none_back(sockets: tuple[socket.socket, socket.socket]) -> None:
    sender, receiver = sockets
    batch = Batch(sender)
    host, port = receiver.getsockname()[:2]
    for slot, target in enumerate((0, port, 0, 0, port)):
        _write(batch, slot, bytes((slot,)), (host, target))
    assert batch.send(5) == 2
    assert [receiver.recv(10) for _ in range(2)] == [b"\x01", b"\x04"]


def test_a_struck_slot_goes_nowhere(sockets: tuple[socket.socket, socket.socket]) -> None:
    sender, receiver = sockets
    batch = Batch(sender)
    for slot in range(3):
        _write(batch, slot, bytes((slot,)), receiver.getsockname()[:2])
    batch.strike(1)
    assert batch.send(3) == 2
    assert [receiver.recv(10) for _ in range(2)] == [b"\x00", b"\x02"]


def test_a_closed_port_takes_nothing() -> None:
    sender, receiver = _pair("127.0.0.1")
    batch = Batch(sender)
    _write(batch, 0, b"x", receiver.getsockname())
    sender.close()
    receiver.close()
    assert batch.send(1) == 0
