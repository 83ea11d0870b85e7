"""A terminal's end of the wire without a task of its own: enrol, sign in, ask, keep what must not be lost, come back.

The same protocol and the same rules as `comms.link`, written as callbacks so that ten thousand fit one loop."""

import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

import msgspec
from websockets.uri import WebSocketURI

from comms.domain.decoding import UNREADABLE
from comms.domain.ids import CommandId, UnitId
from comms.domain.unit import VideoConsent
from comms.fleet.asking import Asking
from comms.fleet.dialler import Dialler
from comms.fleet.socket import TerminalSocket
from comms.link.clock import Clock, Timer
from comms.link.reconnect import BackOff, BackOffPlan
from comms.link.state import FINAL_REFUSALS
from comms.link.wire import reply_id
from comms.protocol.address import AHEAD
from comms.protocol.codec import decode_push
from comms.protocol.commands import Command, TerminalEnrol, TerminalSignIn
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Enrolled, Push, Refused, SessionEnded, Welcome
from comms.protocol.version import PROTOCOL_VERSION

_encoder = msgspec.json.Encoder()

BACK_OFF = BackOffPlan(first_s=1.0, limit_s=3.0, factor=1.6, steady_s=2.0)
"""A terminal that lost its gateway looks again within 3 s at most: 1,165 are to be back 10 s after a restart. The first
look is spread over a second, so that ten thousand are no herd."""

SILENCE_LIMIT_S = 20.0
"""Four reports at the usual 5 s."""

_WORTHLESS = frozenset({RefusalCode.WRONG_CREDENTIALS, RefusalCode.DEVICE_REVOKED})
"""What is said of a device token that signs nobody in."""


class LinkPhase(StrEnum):
    DOWN = "down"
    CONNECTING = "connecting"
    UP = "up"
    REFUSED = "refused"
    STOPPED = "stopped"


@dataclass(slots=True)
class Credentials:
    """What a terminal can sign in with: the token it was given, else the single-use code on its enrolment sheet."""

    unit_id: UnitId
    code: str | None = None
    device_token: str | None = None
    device_key: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    def sign_in(
        self, command_id: CommandId, video_consent: VideoConsent, *, is_emergency: bool = False
    ) -> TerminalSignIn | TerminalEnrol:
        """The next words to say."""
        if self.device_token is None:
            return TerminalEnrol(
                id=command_id,
                protocol=PROTOCOL_VERSION,
                code=self.code or "",
                device_key=self.device_key,
                device_name="simulated terminal",
            )
        return TerminalSignIn(
            id=command_id,
            protocol=PROTOCOL_VERSION,
            device_token=self.device_token,
            video_consent=video_consent,
            is_emergency=is_emergency,
        )


@dataclass(slots=True)
class LinkCount:
    """What became of a link's attempts. Times are monotonic seconds: the last attempt's beginning, the last welcome."""

    dialled_at: float = 0.0
    up_at: float = 0.0
    put_off: int = 0
    """How often the gateway said to come again later."""
    unreadable: int = 0
    """Frames of the gateway that were no pushes."""


class Owner(Protocol):
    """The terminal above."""

    def link_up(self, welcome: Welcome) -> None: ...
    def link_down(self) -> None: ...
    def link_refused(self, refused: Refused) -> None: ...
    def enrolled(self, device_token: str) -> None: ...
    def pushed(self, push: Push) -> None: ...


class _OneTimer:
    """At most one thing to come: setting it anew takes back what was set before."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._timer: Timer | None = None

    def set(self, after_s: float, callback: Callable[[], None]) -> None:
        self.cancel()
        self._timer = self._clock.call_at(self._clock.monotonic() + after_s, callback)

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class TerminalLink:
    """`start` and `stop` once each; `lose` and `go_half_open` as often as a fault wants."""

    def __init__(
        self,
        owner: Owner,
        credentials: Credentials,
        *,
        dialler: Dialler,
        clock: Clock,
        jitter: random.Random,
        video_consent: VideoConsent = VideoConsent.ASK,
        back_off: BackOffPlan = BACK_OFF,
        run: str = "",
    ) -> None:
        self.phase = LinkPhase.STOPPED
        self.count = LinkCount()
        self.heard_at = 0.0  # monotonic time of the last message
        self._owner = owner
        self._credentials = credentials
        self._dialler = dialler
        self._clock = clock
        self._consent = video_consent
        self._back_off = BackOff(back_off, random=jitter.random)
        self.asking = Asking(self.send, name=credentials.unit_id, run=run)
        self._socket: TerminalSocket | None = None
        self._timer = _OneTimer(clock)
        self._sign_in_id = CommandId("")
        self._is_urgent = False
        self._refused: Refused | None = None

    @property
    def is_up(self) -> bool:
        return self.phase is LinkPhase.UP

    @property
    def local_host(self) -> str:
        assert self._socket is not None
        return self._socket.local_host

    def stop(self) -> None:
        """No callback comes after this but `link_down` for a link that was up."""
        self.phase, was_up = LinkPhase.STOPPED, self.is_up
        self._timer.cancel()
        self._dialler.settled(self)
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if was_up:
            self._owner.link_down()
        self.asking.stopped()

    def lose(self, for_s: float) -> None:
        """The network is gone now and for so long."""
        self._drop(for_s)

    def go_half_open(self, for_s: float) -> None:
        """The network swallows everything without a word; the terminal notices after so long."""
        if self._socket is not None:
            self._socket.go_deaf()
            self._timer.set(for_s, lambda: self._drop(0.0))

    def check(self, now: float, *, limit_s: float = SILENCE_LIMIT_S) -> None:
        """Give up a connection on which nothing came for long: sign-in and position reports are answered."""
        if self._socket is not None and now - self.heard_at > limit_s:
            self._drop(0.0)

    def start(self) -> None:
        """Connect, unless that is under way."""
        if self.phase is not LinkPhase.CONNECTING:
            self.phase = LinkPhase.CONNECTING
            self._refused = None
            self.count.dialled_at = self._clock.monotonic()
            self._dialler.dial(self)

    def hurry(self) -> None:
        """The emergency key is pressed: this terminal tries now, also where it waits before the door, and says why."""
        was_urgent, self._is_urgent = self._is_urgent, not self.is_up
        if self.phase is LinkPhase.CONNECTING and self._socket is not None and not was_urgent:
            self._drop(0.0)
        if self.phase is LinkPhase.DOWN:
            self._timer.cancel()
            self.start()

    def make_socket(self, uri: WebSocketURI) -> TerminalSocket:
        # The callbacks know which socket they are of: one that was given up may still speak.
        made = TerminalSocket(
            replace(uri, query=AHEAD) if self._is_urgent else uri,
            on_open=lambda: self._opened(made),
            on_message=lambda message: self._message(made, message),
            on_closed=lambda: self._closed(made),
        )
        if self.phase is LinkPhase.CONNECTING:
            self._socket, self.heard_at = made, self._clock.monotonic()
        return made

    def dial_failed(self) -> None:
        if self.phase is LinkPhase.CONNECTING:
            self._drop(0.0)

    def _closed(self, socket: TerminalSocket) -> None:
        if socket is self._socket and self.phase is not LinkPhase.STOPPED:
            self.count.put_off += socket.told_s > 0.0
            self._drop(0.0, socket.told_s)

    def _drop(self, at_least_s: float, told_s: float = 0.0) -> None:
        """This connection is over; another is tried after a while, unless the gateway refused for good."""
        if self.phase in (LinkPhase.STOPPED, LinkPhase.REFUSED):
            return
        was_up, self.phase = self.is_up, LinkPhase.DOWN
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.abort()
        self._dialler.settled(self)
        self.asking.went_down()
        if was_up:
            self._owner.link_down()
        if self._refused is not None and self._refused.code in FINAL_REFUSALS:
            self.phase = LinkPhase.REFUSED
            self._timer.cancel()
            return
        self._retry(at_least_s, (self._refused.retry_after_s or 0.0) if self._refused else told_s)

    def _retry(self, at_least_s: float, told_s: float) -> None:
        wait_s = self._back_off.lost(now=self._clock.monotonic(), at_least_s=at_least_s, told_s=told_s)
        self._timer.set(wait_s, self.start)

    # --- signing in ----------------------------------------------------------------------------------

    def _opened(self, socket: TerminalSocket) -> None:
        if socket is not self._socket:
            socket.abort()
            return
        self._introduce()

    def _introduce(self) -> None:
        self._sign_in_id = self.asking.new_id()
        self.send(self._credentials.sign_in(self._sign_in_id, self._consent, is_emergency=self._is_urgent))

    def _introduced(self, answer: Push) -> None:
        known = self._credentials
        match answer:
            case Enrolled():
                known.device_token, known.code = answer.device_token, None
                self._owner.enrolled(answer.device_token)
                self._introduce()
            case Welcome():
                self._come_up(answer)
            case Refused(code=code) if code in _WORTHLESS and known.device_token and known.code:
                known.device_token = None  # of another gateway's data, or replaced: enrol anew
                self._introduce()
            case Refused():
                self.count.put_off += answer.retry_after_s is not None
                self._refused = answer
                self._owner.link_refused(answer)
                self._drop(0.0)
            case _:
                self._drop(0.0)

    def _come_up(self, welcome: Welcome) -> None:
        self.phase, self._is_urgent = LinkPhase.UP, False
        self.count.up_at = self._clock.monotonic()
        self._back_off.signed_in(now=self.count.up_at, spread_s=welcome.return_within_s)
        self.asking.came_up()
        self._owner.link_up(welcome)

    def settled(self) -> None:
        """The terminal is in place (media included): let the next one dial."""
        self._dialler.settled(self)

    def send(self, command: Command) -> None:
        """Without waiting for its answer."""
        if self._socket is not None:
            self._socket.send(_encoder.encode(command))

    def send_raw(self, frame: bytes) -> None:
        """Fault: words that are no command."""
        if self._socket is not None:
            self._socket.send(frame)

    def _message(self, socket: TerminalSocket, message: bytes) -> None:
        if socket is not self._socket:
            return
        self.heard_at = self._clock.monotonic()
        try:
            push = decode_push(message)
        except UNREADABLE:
            self.count.unreadable += 1
            return
        command_id = reply_id(push)
        if not self.is_up:
            if command_id == self._sign_in_id:
                self._introduced(push)
        elif command_id is not None:
            self.asking.answered(command_id, push)
        elif isinstance(push, SessionEnded):
            self._refused = Refused(code=push.code, text=push.text)
            self._owner.link_refused(self._refused)
            self._drop(0.0)
        else:
            self._owner.pushed(push)
