"""The controlling end of a media path: ICE checks, DTLS client, SRTP, over one socket of its own."""

import asyncio
import random
import secrets
from collections.abc import Callable
from enum import StrEnum

from comms.media import rtp, stun
from comms.media.dtls import Certificate, DtlsEndpoint, DtlsState
from comms.media.port import MediaPort
from comms.media.sdp import Description
from comms.media.srtp import Srtp
from comms.media.stun import Address

_FIRST_CHECK_S = 0.05
_SLOWEST_CHECK_S = 0.5
_CONSENT_INTERVAL_S = (4.0, 6.0)
"""RFC 7675, 5.1: every 5 s, 0.8 to 1.2 times."""
_CONSENT_S = 30.0
_CONNECT_S = 15.0
_PRIORITY = 1_862_270_975
"""110 << 24 | 65535 << 8 | 255: peer-reflexive (RFC 8445, 5.1.2)."""
_DATAGRAM_BYTES = 2048
_BATCH = 32
_CHECKS_KEPT = 16


class ClientState(StrEnum):
    NEW = "new"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    FAILED = "failed"
    """Not connected within 15 s, the gateway has not answered for 30 s, or it has said farewell."""
    CLOSED = "closed"


class IceChecks:
    """Binding requests of the controlling agent, and which of them have been answered."""

    def __init__(self, username: str, password: bytes) -> None:
        self._username, self._password = username, password
        self._tie_breaker = secrets.randbits(64)
        self._open: dict[bytes, Address] = {}

    def request(self, candidate: Address) -> bytes:
        transaction_id = secrets.token_bytes(12)
        self._open[transaction_id] = candidate
        if len(self._open) > _CHECKS_KEPT:
            del self._open[next(iter(self._open))]
        return stun.binding_request(
            transaction_id,
            username=self._username,
            password=self._password,
            priority=_PRIORITY,
            tie_breaker=self._tie_breaker,
            # A lite agent takes the nomination at its word, so every check may carry it.
            is_nomination=True,
        )

    def is_answer(self, datagram: bytes, address: Address) -> bool:
        """Whether this is the gateway's own answer to a request that went to that address."""
        message = stun.parse(datagram)
        if message is None or message.kind != stun.BINDING_SUCCESS:
            return False
        if not stun.is_authentic(datagram, message, self._password):
            return False
        return self._open.pop(message.transaction_id, None) == address


class ClientTransport:
    """One timer and one reader on the running loop; no task."""

    def __init__(
        self,
        *,
        host: str,
        certificate: Certificate,
        clock: Callable[[], float],
        on_rtp: Callable[[bytes], None],
        on_rtcp: Callable[[bytes], None],
        on_state: Callable[[ClientState], None],
        on_consent: Callable[[], None],
    ) -> None:
        """`on_rtp` and `on_rtcp` take decrypted packets; `on_consent` comes every 5 s while connected."""
        self.state = ClientState.NEW
        self.ufrag, self.pwd = secrets.token_hex(4), secrets.token_hex(16)
        self._certificate = certificate
        self._clock = clock
        self._on_rtp, self._on_rtcp = on_rtp, on_rtcp
        self._on_state, self._on_consent = on_state, on_consent
        self._sock = MediaPort.bind(host, 0)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._sock.fileno(), self._on_readable)
        self._remote: Description | None = None
        self._checks: IceChecks | None = None
        self._candidates: tuple[Address, ...] = ()
        self._selected: Address | None = None
        self._check_interval_s = _FIRST_CHECK_S
        self._since = self._answered_at = 0.0
        self._dtls: DtlsEndpoint | None = None
        self._srtp: Srtp | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def address(self) -> Address:
        host, port = self._sock.getsockname()[:2]
        return host, port

    def connect(self, remote: Description) -> None:
        """Begin. Raises ValueError when the description has no UDP candidate."""
        found = (candidate for section in remote.media for candidate in section.candidates)
        self._candidates = tuple(dict.fromkeys(found))
        if not self._candidates:
            raise ValueError("the answer has no UDP candidate")
        self._remote = remote
        self._checks = IceChecks(f"{remote.ice_ufrag}:{self.ufrag}", remote.ice_pwd.encode())
        self._since = self._clock()
        self._change(ClientState.CONNECTING)
        self._on_timer()

    def check_now(self) -> None:
        if self.state is ClientState.CONNECTED and self._selected is not None:
            self._check(self._selected)

    def close(self) -> None:
        if self.state is ClientState.CLOSED:
            return
        if self._dtls is not None:
            self._dtls.close()
            self._flush(self._dtls)
        self._stop_timer()
        self._loop.remove_reader(self._sock.fileno())
        self._sock.close()
        self._change(ClientState.CLOSED)

    def send_rtp(self, packet: bytes) -> bytes | None:
        """What went out, for repeating it; None when not connected."""
        if self._srtp is None or self.state is not ClientState.CONNECTED:
            return None
        protected = self._srtp.protect(packet)
        self._send(protected)
        return protected

    def send_rtcp(self, packet: bytes) -> None:
        if self._srtp is not None and self.state is ClientState.CONNECTED:
            self._send(self._srtp.protect_rtcp(packet))

    def send_protected(self, protected: bytes) -> None:
        if self.state is ClientState.CONNECTED:
            self._send(protected)

    def _send(self, datagram: bytes, address: Address | None = None) -> None:
        target = address or self._selected
        try:
            if target is not None:
                self._sock.sendto(datagram, target)
        except OSError:
            pass  # loss like any other

    def _change(self, state: ClientState) -> None:
        self.state = state
        self._on_state(state)

    # time ------------------------------------------------------------------------------------------

    def _on_timer(self) -> None:
        """Do what is due and come back when something is again."""
        self._stop_timer()
        now = self._clock()
        if self.state is ClientState.CONNECTING:
            delay_s = self._press_on(now)
        else:
            delay_s = self._keep_consent(now)
        if self.state in (ClientState.CONNECTING, ClientState.CONNECTED):
            self._timer = self._loop.call_later(delay_s, self._on_timer)

    def _press_on(self, now: float) -> float:
        if now - self._since > _CONNECT_S:
            self._change(ClientState.FAILED)
            return 0.0
        if self._dtls is not None:
            self._dtls.on_timer()
            self._flush(self._dtls)
            return max(self._dtls.retransmit_after_s() or _FIRST_CHECK_S, 0.01)
        for candidate in self._candidates:
            self._check(candidate)
        self._check_interval_s = min(self._check_interval_s * 1.5, _SLOWEST_CHECK_S)
        return self._check_interval_s

    def _keep_consent(self, now: float) -> float:
        if now - self._answered_at > _CONSENT_S:
            self._change(ClientState.FAILED)
        elif self._selected is not None:
            self._check(self._selected)
            self._on_consent()
        return random.uniform(*_CONSENT_INTERVAL_S)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # datagrams -------------------------------------------------------------------------------------

    def _on_readable(self) -> None:
        for _ in range(_BATCH):
            if self.state is ClientState.CLOSED:
                return  # a callback closed us
            try:
                datagram, address = self._sock.recvfrom(_DATAGRAM_BYTES)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                continue
            self._on_datagram(datagram, address[:2])

    def _on_datagram(self, datagram: bytes, address: Address) -> None:
        if rtp.is_media(datagram):
            self._on_media(datagram)
        elif stun.is_stun(datagram):
            self._on_answer(datagram, address)
        elif self._dtls is not None and datagram and 20 <= datagram[0] < 64:
            self._dtls.feed(datagram)
            self._after_dtls(self._dtls)

    def _on_media(self, datagram: bytes) -> None:
        if self._srtp is None:
            return
        is_rtcp = rtp.is_rtcp(datagram)
        plain = self._srtp.unprotect_rtcp(datagram) if is_rtcp else self._srtp.unprotect(datagram)
        if plain is not None:
            (self._on_rtcp if is_rtcp else self._on_rtp)(plain)

    def _check(self, candidate: Address) -> None:
        if self._checks is not None:
            self._send(self._checks.request(candidate), candidate)

    def _on_answer(self, datagram: bytes, address: Address) -> None:
        if self._checks is None or self._remote is None or not self._checks.is_answer(datagram, address):
            return
        self._answered_at = self._clock()
        if self._selected is None:
            self._selected = address
            self._dtls = DtlsEndpoint(self._certificate, is_server=False, expected=self._remote.fingerprints)
            self._dtls.start()
            self._after_dtls(self._dtls)
            self._on_timer()

    def _after_dtls(self, dtls: DtlsEndpoint) -> None:
        self._flush(dtls)
        match dtls.state:
            case DtlsState.ESTABLISHED if self._srtp is None and dtls.keys is not None:
                self._srtp = Srtp(dtls.keys)
                self._change(ClientState.CONNECTED)
                self._on_timer()
            case DtlsState.FAILED | DtlsState.CLOSED if self.state is not ClientState.FAILED:
                self._stop_timer()
                self._change(ClientState.FAILED)

    def _flush(self, dtls: DtlsEndpoint) -> None:
        for outgoing in dtls.take_outgoing():
            self._send(outgoing)
