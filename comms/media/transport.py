"""The gateway's end of one session's media path: ICE-lite, DTLS server, SRTP. No sockets and no loop: datagrams come in
with their address, go out through `send`, and time is handed in."""

import secrets
from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from comms.media import stun
from comms.media.checks import Checks
from comms.media.dtls import Certificate, DtlsEndpoint, DtlsState
from comms.media.sdp import Description
from comms.media.srtp import Srtp
from comms.media.stun import Address, StunMessage

CONSENT_S = 29.0
"""RFC 7675, 5.1: 30 s after the last fresh check nothing may be sent to an address. It is looked at once a second."""
_NOMINATION_HOLD_S = 3.0
"""A pair that was nominated this recently is not left for one of lower priority (several pairs may be nominated)."""
_HELD_S = 15.0
"""Three checks in a row: an address that has been silent for longer may have become another's."""
_HANDSHAKE_LIMIT = 5
"""Failed handshakes before a session is deaf. Setting up a session costs the gateway about 1 ms of CPU (measured)."""


class TransportState(StrEnum):
    CONNECTING = "connecting"
    CONNECTED = "connected"
    LOST = "lost"
    """No consent any more; the next authentic check brings it back."""
    CLOSED = "closed"


class PacketSender(Protocol):
    def __call__(self, datagram: bytes, address: Address, /) -> None: ...


class LiteTransport:
    """Owns the credentials, the validated addresses and the keys of one session."""

    def __init__(
        self,
        offer: Description,
        *,
        certificate: Certificate,
        send: PacketSender,
        on_state: Callable[[TransportState], None],
        now: float,
    ) -> None:
        self.ufrag = secrets.token_hex(4)
        self.pwd = secrets.token_hex(16)
        self.state = TransportState.CONNECTING
        self.address: Address = ("", 0)
        """Where media goes: the nominated pair. Only validated addresses ever stand here."""
        self.srtp: Srtp | None = None
        self._password = self.pwd.encode()
        self._username_tail = f":{offer.ice_ufrag}"
        self._certificate = certificate
        self._expected = offer.fingerprints
        self._send = send
        self._on_state = on_state
        self._dtls: DtlsEndpoint | None = None
        self._attempts_left = _HANDSHAKE_LIMIT
        self._checks = Checks(now=now)
        self._nominated_at = float("-inf")
        self._priority = -1

    # ICE -------------------------------------------------------------------------------------------

    def on_check(self, datagram: bytes, message: StunMessage, address: Address, *, now: float) -> bool:
        """A binding request that names this session. Answers and validates the address only if it is authentic."""
        if message.kind != stun.BINDING_REQUEST or not message.username.endswith(self._username_tail):
            return False
        if self.state is TransportState.CLOSED or not stun.is_authentic(datagram, message, self._password):
            return False
        if self._checks.is_replay(message.transaction_id, address):
            return False
        self._checks.take(message.transaction_id, address, now=now, keep=self.address)
        if self._is_better(message, address, now):
            self.address, self._priority = address, message.priority
        if message.is_nomination and address == self.address:
            self._nominated_at = now
        answer = stun.binding_success(message, seen_from=address, password=self._password)
        if len(answer) <= len(datagram) and self._checks.may_answer(now):
            self._send(answer, address)
        if self.state is TransportState.LOST and self.srtp is not None and self.has_consent(now):
            self._change(TransportState.CONNECTED)
        return True

    def _is_better(self, message: StunMessage, address: Address, now: float) -> bool:
        if not self.address[1]:
            return True
        if not message.is_nomination or address == self.address:
            return False
        is_held = now - self._nominated_at < _NOMINATION_HOLD_S
        return message.priority >= self._priority or not is_held

    def has_consent(self, now: float) -> bool:
        """Of the address media goes to: what comes from others says nothing about who is there."""
        return self._checks.silence_s(self.address, now) <= CONSENT_S

    def hears(self, address: Address, now: float) -> bool:
        """It is the address of this session, and has lately been checked."""
        return self.state is TransportState.CONNECTED and self._checks.silence_s(address, now) <= _HELD_S

    def expire(self, now: float) -> None:
        """Notice a silent peer. Called about once a second."""
        if self.state is TransportState.CONNECTED and not self.has_consent(now):
            self._change(TransportState.LOST)

    # DTLS ------------------------------------------------------------------------------------------

    def on_dtls(self, datagram: bytes) -> None:
        """A datagram from one of the validated addresses."""
        if self.state is TransportState.CLOSED or self._attempts_left == 0:
            return
        if self._dtls is None:
            self._dtls = DtlsEndpoint(self._certificate, is_server=True, expected=self._expected)
        self._dtls.feed(datagram)
        self._after_dtls(self._dtls)

    def retransmit_after_s(self) -> float | None:
        return self._dtls.retransmit_after_s() if self._dtls else None

    def on_dtls_timer(self) -> None:
        if self._dtls is not None:
            self._dtls.on_timer()
            self._after_dtls(self._dtls)

    def _after_dtls(self, dtls: DtlsEndpoint) -> None:
        for outgoing in dtls.take_outgoing():
            if self.state is not TransportState.LOST:
                self._send(outgoing, self.address)
        match dtls.state:
            case DtlsState.ESTABLISHED if self.srtp is None and dtls.keys is not None:
                self.srtp = Srtp(dtls.keys)
                self._change(TransportState.CONNECTED)
            case DtlsState.FAILED:
                # A wrong certificate must not lock the right one out; the session starts over with the next hello.
                self._dtls = None
                self._attempts_left -= 1
            case DtlsState.CLOSED:
                self.close()

    # media -----------------------------------------------------------------------------------------

    def send_rtp(self, packet: bytes) -> None:
        if self.srtp is not None and self.state is TransportState.CONNECTED:
            self._send(self.srtp.protect(packet), self.address)

    def send_rtcp(self, packet: bytes) -> None:
        if self.srtp is not None and self.state is TransportState.CONNECTED:
            self._send(self.srtp.protect_rtcp(packet), self.address)

    def send_protected(self, protected: bytes) -> None:
        """A packet that was encrypted before, once more."""
        if self.state is TransportState.CONNECTED:
            self._send(protected, self.address)

    def close(self) -> None:
        """Says farewell. `on_state` is told, whoever began."""
        if self.state is TransportState.CLOSED:
            return
        if self._dtls is not None and self.address[1] and self.state is not TransportState.LOST:
            self._dtls.close()
            for outgoing in self._dtls.take_outgoing():
                self._send(outgoing, self.address)
        self._change(TransportState.CLOSED)

    def _change(self, state: TransportState) -> None:
        self.state = state
        self._on_state(state)
