"""The gateway's end of one session, with addresses and time handed in."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from comms.media import sdp, stun
from comms.media.dtls import Certificate, DtlsEndpoint, DtlsState
from comms.media.sdp import Codec, Direction, Line
from comms.media.srtp import Srtp
from comms.media.stun import Address
from comms.media.transport import CONSENT_S, LiteTransport, TransportState

WIFI: Address = ("192.0.2.10", 40_000)
CELLULAR: Address = ("198.51.100.20", 50_000)
CLIENT, GATEWAY = Certificate(), Certificate()


@dataclass
class Session:
    """A transport and a hand-driven client."""

    expected: Certificate = CLIENT
    sent: list[tuple[bytes, Address]] = field(default_factory=list)
    states: list[TransportState] = field(default_factory=list)
    transactions: Iterator[bytes] = field(default_factory=lambda: (struct.pack("!IQ", n, 0) for n in count()))

    def __post_init__(self) -> None:
        own = sdp.Transport("client", "p" * 22, self.expected.fingerprint, "actpass", "192.0.2.10", 40_000, False)
        line = Line("0", "audio", direction=Direction.SENDRECV, codecs=(Codec(111, "opus", 48_000, 2),))
        self.offer = sdp.parse(sdp.write(own, [line], session_id=1))
        self.transport = LiteTransport(
            self.offer,
            certificate=GATEWAY,
            send=lambda datagram, address: self.sent.append((datagram, address)),
            on_state=self.states.append,
            now=0.0,
        )
        self.client = DtlsEndpoint(CLIENT, is_server=False, expected=[GATEWAY.fingerprint])

    def check(self, address: Address, *, now: float, priority: int = 100, is_nomination: bool = True) -> bool:
        datagram = stun.binding_request(
            next(self.transactions), username=f"{self.transport.ufrag}:client", password=self.transport.pwd.encode(),
            priority=priority, tie_breaker=1, is_nomination=is_nomination,
        )  # fmt: skip
        message = stun.parse(datagram)
        assert message is not None
        return self.transport.on_check(datagram, message, address, now=now)

    def shake_hands(self) -> None:
        if self.client.state is DtlsState.HANDSHAKE:
            self.client.start()
        self.sent.clear()
        for _ in range(10):
            for flight in list(self.client.take_outgoing()):
                self.transport.on_dtls(flight)
            for datagram, _address in self.sent:
                self.client.feed(datagram)
            self.sent.clear()


def connected() -> Session:
    session = Session()
    assert session.check(WIFI, now=0.0)
    session.shake_hands()
    assert session.states == [TransportState.CONNECTED]
    return session


def test_media_goes_to_the_nominated_address_encrypted() -> None:
    session = connected()
    packet = bytes((0x80, 111)) + bytes(10) + b"voice"
    session.transport.send_rtp(packet)
    session.transport.send_protected(b"again")
    ((protected, address), repeated) = session.sent
    assert repeated == (b"again", WIFI)
    assert address == WIFI
    assert session.client.keys is not None
    assert Srtp(session.client.keys).unprotect(protected) == packet


def test_nothing_is_sent_before_the_address_is_known() -> None:
    session = Session()
    session.transport.send_rtp(bytes(20))
    session.transport.send_rtcp(bytes(20))
    session.transport.send_protected(bytes(20))
    session.transport.on_dtls_timer()
    session.transport.close()
    assert session.sent == []
    assert session.transport.retransmit_after_s() is None


def test_a_new_nomination_moves_the_path() -> None:
    session = connected()
    assert session.check(CELLULAR, now=1.0, priority=50, is_nomination=False)
    assert session.transport.address == WIFI, "only tried"
    assert session.check(CELLULAR, now=1.5, priority=50)
    assert session.transport.address == WIFI, "the better pair is in use"
    assert session.check(CELLULAR, now=5.0, priority=50)
    assert session.transport.address == CELLULAR, "the better pair has fallen silent"
    assert session.check(WIFI, now=5.1, priority=100)
    assert session.transport.address == WIFI, "and is back"


def test_consent_is_lost_after_thirty_seconds_and_comes_back() -> None:
    session = connected()
    session.transport.expire(CONSENT_S)
    assert session.transport.state is TransportState.CONNECTED
    session.transport.expire(CONSENT_S + 0.1)
    session.transport.expire(CONSENT_S + 0.2)
    assert session.states == [TransportState.CONNECTED, TransportState.LOST]
    session.sent.clear()
    session.transport.send_rtp(bytes(20))
    assert session.sent == []
    session.check(CELLULAR, now=40.0)
    assert session.states[-1] is TransportState.CONNECTED


def test_a_session_that_never_connected_is_not_lost() -> None:
    session = Session()
    session.transport.expire(100.0)
    assert session.states == []


def test_an_imposter_is_shut_out_after_a_few_attempts() -> None:
    session = Session(expected=GATEWAY)
    session.check(WIFI, now=0.0)
    for _ in range(5):
        session.client = DtlsEndpoint(CLIENT, is_server=False, expected=[GATEWAY.fingerprint])
        session.shake_hands()
        assert session.client.state is DtlsState.FAILED
    assert session.states == []
    session.client = DtlsEndpoint(CLIENT, is_server=False, expected=[GATEWAY.fingerprint])
    session.client.start()
    for flight in list(session.client.take_outgoing()):
        session.transport.on_dtls(flight)
    assert session.sent == []


def test_a_closed_session_is_deaf() -> None:
    session = connected()
    session.transport.close()
    session.transport.close()
    assert session.states == [TransportState.CONNECTED, TransportState.CLOSED]
    farewell = session.sent[-1][0]
    session.client.feed(farewell)
    assert session.client.state is DtlsState.CLOSED
    assert not session.check(WIFI, now=1.0)
    session.sent.clear()
    session.transport.on_dtls(b"\x16garbage")
    assert session.sent == []


def test_the_clients_farewell_closes() -> None:
    session = connected()
    session.client.close()
    for datagram in list(session.client.take_outgoing()):
        session.transport.on_dtls(datagram)
    assert session.states[-1] is TransportState.CLOSED


def test_answers_and_indications_are_no_checks() -> None:
    session = Session()
    request = stun.parse(
        stun.binding_request(
            b"transactions", username="x:client", password=b"p", priority=1, tie_breaker=1, is_nomination=True
        )
    )
    assert request is not None
    answer = stun.binding_success(request, seen_from=WIFI, password=session.transport.pwd.encode())
    message = stun.parse(answer)
    assert message is not None
    assert not session.transport.on_check(answer, message, WIFI, now=0.0)


def test_consent_is_of_the_address_media_goes_to_not_of_the_session() -> None:
    session = connected()
    for second in range(0, 31, 5):
        assert session.check(CELLULAR, now=float(second), priority=50, is_nomination=False)
    session.transport.expire(30.0)
    assert session.transport.state is TransportState.LOST, "the address of the media has been silent"
    session.sent.clear()
    assert session.check(CELLULAR, now=30.5, priority=50, is_nomination=False)
    assert session.transport.state is TransportState.LOST, "another address gives no consent for it"
    session.transport.send_rtp(bytes(20))
    session.transport.close()
    assert [address for _, address in session.sent] == [CELLULAR], "an answer where it was asked, and no farewell"


def test_a_recorded_check_moves_nothing_from_another_address() -> None:
    session = connected()
    datagram = stun.binding_request(
        b"recorded-one", username=f"{session.transport.ufrag}:client", password=session.transport.pwd.encode(),
        priority=200, tie_breaker=1, is_nomination=True,
    )  # fmt: skip
    message = stun.parse(datagram)
    assert message is not None
    assert session.transport.on_check(datagram, message, WIFI, now=1.0)
    assert session.transport.on_check(datagram, message, WIFI, now=1.1), "repeated by the network"
    session.sent.clear()
    assert not session.transport.on_check(datagram, message, CELLULAR, now=2.0)
    assert session.sent == []
    assert session.transport.address == WIFI


def test_addresses_of_a_session_are_few_and_that_of_its_media_stays() -> None:
    session = connected()
    for n in range(20):
        assert session.check(("203.0.113.1", 1000 + n), now=1.0, priority=1, is_nomination=False)
    assert session.transport.hears(WIFI, 1.0)
    assert not session.transport.hears(("203.0.113.1", 1000), 16.0)
