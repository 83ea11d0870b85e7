"""STUN messages: what is signed is believed, nothing else."""

import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comms.media import stun

PASSWORD = b"a-password-of-22-bytes"
TRANSACTION = bytes(range(12))


def request(*, is_nomination: bool = True) -> bytes:
    return stun.binding_request(
        TRANSACTION, username="gate:term", password=PASSWORD, priority=99, tie_breaker=7, is_nomination=is_nomination
    )


def test_a_request_is_read_back() -> None:
    datagram = request()
    message = stun.parse(datagram)
    assert message is not None
    assert (message.kind, message.transaction_id, message.username) == (0x0001, TRANSACTION, "gate:term")
    assert (message.priority, message.is_nomination) == (99, True)
    assert stun.is_authentic(datagram, message, PASSWORD)
    assert not stun.is_authentic(datagram, message, b"another")
    plain = stun.parse(request(is_nomination=False))
    assert plain is not None
    assert not plain.is_nomination


@pytest.mark.parametrize(("host", "family"), [("192.0.2.7", 1), ("2001:db8::7", 2), ("fe80::1%eth0", 2)])
def test_an_answer_tells_the_address_it_came_from(host: str, family: int) -> None:
    message = stun.parse(request())
    assert message is not None
    datagram = stun.binding_success(message, seen_from=(host, 4711), password=PASSWORD)
    answer = stun.parse(datagram)
    assert answer is not None
    assert (answer.kind, answer.transaction_id) == (stun.BINDING_SUCCESS, TRANSACTION)
    assert stun.is_authentic(datagram, answer, PASSWORD)
    _, found_family, port = struct.unpack_from("!BBH", datagram, 24)
    assert (found_family, port ^ 0x2112) == (family, 4711)


def test_the_fingerprint_attribute_is_the_one_of_rfc_5769() -> None:
    """The sample request of RFC 5769, 2.1, parsed and checked with its password."""
    sample = bytes.fromhex(
        "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008"
        "932ff9b151263b36000600096576746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004"
        "e57a3bcf"
    )
    message = stun.parse(sample)
    assert message is not None
    assert message.username == "evtj:h6vY"
    assert stun.is_authentic(sample, message, b"VOkJxbRl1RmTxUk/WvJxBt")


@example(position=63, change=5)  # the length of the signature itself
@given(st.integers(0, 200), st.integers(1, 255))
def test_any_changed_byte_is_noticed_or_not_covered(position: int, change: int) -> None:
    datagram = bytearray(request())
    position %= len(datagram)
    datagram[position] ^= change
    message = stun.parse(bytes(datagram))
    authentic = message is not None and stun.is_authentic(bytes(datagram), message, PASSWORD)
    covered = len(request()) - 8
    assert not authentic or position >= covered or position in (2, 3)


def test_attributes_after_the_signature_do_not_count() -> None:
    plain = request(is_nomination=False)
    appended = plain[:2] + struct.pack("!H", len(plain) - 20 + 4) + plain[4:] + struct.pack("!HH", 0x25, 0)
    message = stun.parse(appended)
    assert message is not None
    assert not message.is_nomination


@given(st.binary(max_size=200))
def test_garbage_is_no_message(garbage: bytes) -> None:
    for datagram in (garbage, b"\x00\x01" + garbage, request()[:20] + garbage, request() + garbage):
        message = stun.parse(datagram)
        assert message is None or len(datagram) % 4 == 0


def test_unsigned_and_cut_signatures_are_not_authentic() -> None:
    header = struct.pack("!HHI12s", 1, 0, 0x2112A442, TRANSACTION)
    message = stun.parse(header)
    assert message is not None
    assert not stun.is_authentic(header, message, PASSWORD)
    cut = struct.pack("!HHI12s", 1, 8, 0x2112A442, TRANSACTION) + struct.pack("!HHI", 0x0008, 4, 0)
    assert stun.parse(cut) is None
