"""One connection: it signs in, its commands are carried out, it ends."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace

from websockets.exceptions import ConnectionClosed

from comms.domain.ids import address_party
from comms.gateway.allowance import Allowance
from comms.gateway.arrival import Arrival
from comms.gateway.authority import kind_of, stranger_refusal
from comms.gateway.connection_limits import Peer
from comms.gateway.context import Refusal, Session
from comms.gateway.desk_check import DeskQuestion
from comms.gateway.dispatch import WAITING_KINDS, carry_out, refused, unrecorded
from comms.gateway.gateway import Gateway
from comms.gateway.memory import out_of_memory
from comms.gateway.outbox import Outbox
from comms.gateway.presence import ended
from comms.gateway.sign_in import Answer, Signed
from comms.journal.errors import JournalError
from comms.protocol.codec import MAX_FRAME_BYTES, Unreadable, decode_command
from comms.protocol.commands import Command, FloorRequest, SignOut
from comms.protocol.errors import Locale, RefusalCode, sentence
from comms.protocol.help_commands import HelpCall
from comms.protocol.pushes import Done, SessionEnded

_log = logging.getLogger(__name__)

STRANGER_FRAME_BYTES = 65_536
"""Largest frame before signing in."""
MEMBER_FRAME_BYTES = 2 * MAX_FRAME_BYTES
"""Largest frame that still gets an answer that it is too large; beyond it the connection ends (1009)."""
_WAITING_COMMANDS = 64
URGENT_RATE, URGENT_BURST = 20.0, 100.0
"""Emergencies have an allowance of their own, which no finger uses up: whatever else a terminal has sent, its
emergency is heard."""
_STRANGER_TRIES = 30
"""Of signing in on one connection: a terminal enrols, renews and signs in with three."""


class Connection:
    def __init__(self, gateway: Gateway, socket: Arrival, *, close: Callable[[Arrival], None]) -> None:
        self._gateway = gateway
        self._socket = socket
        self._outbox = Outbox(socket, close=close)
        remote = socket.remote_address
        self._peer: Peer = (str(remote[0]), int(remote[1])) if remote else ("unknown", 0)
        self._address = self._peer[0]
        self._certificate = DeskQuestion(socket)
        self._waiting: asyncio.Queue[Command] = asyncio.Queue(_WAITING_COMMANDS)
        self._worker: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until the peer goes, signs out or is sent away."""
        session: Session | None = None
        try:
            session = await self._sign_in()
            if session is not None:
                await self._serve(session)
        except ConnectionClosed:
            pass
        finally:
            if session is not None:
                self._gateway.presence.leave(session)
            if self._worker is not None:
                self._worker.cancel()
                await asyncio.wait([self._worker])

    # --- signing in ---------------------------------------------------------------------------------

    async def _sign_in(self) -> Session | None:
        try:
            async with asyncio.timeout(self._gateway.settings.sign_in_timeout_s):
                for _ in range(_STRANGER_TRIES):
                    session = await self._try_sign_in(await self._socket.recv(decode=False))
                    if session is not None:
                        self._gateway.entrance.limits.introduced(self._peer)
                        return session
        except TimeoutError:
            code = RefusalCode.NOT_SIGNED_IN
        else:
            code = RefusalCode.TRY_LATER
            self._gateway.entrance.limits.too_many_tries += 1
        self._outbox.end(SessionEnded(code=code, text=sentence(code, Locale.ZH_CN)))
        return None

    async def _try_sign_in(self, frame: bytes) -> Session | None:
        command = decode_command(frame)
        if isinstance(command, Unreadable):
            # Without the detail, which quotes the frame: before a sign-in that may be a password.
            self._refuse_unreadable(replace(command, detail="before signing in"), self._address, Locale.ZH_CN)
            return None
        locale = getattr(command, "locale", Locale.ZH_CN)
        answer: Answer
        try:
            answer = stranger_refusal(self._gateway, command) or await self._answer_stranger(command)
        except ConnectionClosed:
            raise
        except JournalError as error:
            _log.info("%s: sign-in refused, the store failed: %s", self._address, error)
            answer = unrecorded(error)
        except MemoryError as error:
            out_of_memory(error)
            answer = Refusal(RefusalCode.INTERNAL)
        except Exception:  # noqa: BLE001 - the gateway session is one of the four borders where everything is caught
            _log.exception("%s: sign-in failed", self._address)
            answer = Refusal(RefusalCode.INTERNAL)
        if isinstance(answer, Refusal):
            if answer.code is not RefusalCode.CROWDED:  # thousands at once, and counted by admission
                _log.info("%s: sign-in refused: %s", self._address, answer.code)
            if answer.code is RefusalCode.NOT_SIGNED_IN:
                party = address_party(self._address)
                self._gateway.refusals.note(party, kind_of(command), answer.code, is_stranger=True)
            self._outbox.send(refused(answer, command.id, locale))
            return None
        if not isinstance(answer, Signed):
            self._outbox.send(answer)
            return None
        session = answer.session
        session.address, session.since = self._address, self._gateway.footing.real_now()
        session.program = getattr(command, "program", "")
        self._outbox.send(answer.welcome)
        self._gateway.presence.enter(answer.session, self._outbox)
        return answer.session

    async def _answer_stranger(self, command: Command) -> Answer:
        if isinstance(command, HelpCall):
            return await self._gateway.help.call(command, self._address)
        return await self._gateway.sign_in.answer(
            command, address=self._address, outbox=self._outbox, certificate=self._certificate
        )

    # --- signed in ----------------------------------------------------------------------------------

    async def _serve(self, session: Session) -> None:
        self._socket.protocol.max_message_size = MEMBER_FRAME_BYTES
        settings, network_time = self._gateway.settings, self._gateway.footing.network_time
        allowance = Allowance(rate=settings.command_rate, burst=settings.command_burst, now=network_time())
        urgent = Allowance(rate=URGENT_RATE, burst=URGENT_BURST, now=network_time())
        while True:
            frame = await self._socket.recv(decode=False)
            if self._outbox.is_over:
                return
            command = decode_command(frame)
            if isinstance(command, Unreadable):
                self._refuse_unreadable(command, session.party, session.locale)
                continue
            wait_s = (urgent if _is_urgent(command) else allowance).take(network_time())
            if wait_s is not None:
                self._outbox.send(refused(Refusal(RefusalCode.TRY_LATER, wait_s), command.id, session.locale))
            elif type(command) in WAITING_KINDS:
                self._put_off(session, command)
            else:
                await self._answer(session, command)

    def _put_off(self, session: Session, command: Command) -> None:
        if self._worker is None:
            self._worker = asyncio.create_task(self._work(session), name=f"waiting commands of {session.party}")
        try:
            self._waiting.put_nowait(command)
        except asyncio.QueueFull:
            self._outbox.send(refused(Refusal(RefusalCode.TRY_LATER, 1.0), command.id, session.locale))

    async def _work(self, session: Session) -> None:
        while True:
            command = await self._waiting.get()
            if not self._outbox.is_over:
                await self._answer(session, command)

    async def _answer(self, session: Session, command: Command) -> None:
        answer = await carry_out(self._gateway, session, command)
        if answer is not None:
            self._outbox.send(answer)
        if isinstance(command, SignOut) and isinstance(answer, Done):
            self._outbox.end(ended(session, RefusalCode.NOT_SIGNED_IN))

    def _refuse_unreadable(self, unreadable: Unreadable, who: str, locale: Locale) -> None:
        _log.info("%s: unreadable frame: %s (%s)", who, unreadable.code, unreadable.detail)
        self._outbox.send(refused(Refusal(unreadable.code), unreadable.id, locale))


def _is_urgent(command: Command) -> bool:
    return isinstance(command, FloorRequest) and command.is_emergency
