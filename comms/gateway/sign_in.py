"""Signing in: from a fresh connection to a session, or a refusal."""

import secrets
from dataclasses import dataclass
from typing import assert_never

from comms.domain.events import TerminalEnrolled
from comms.domain.ids import OfficerId, PartyId, TalkgroupId, UnitId, officer_party, unit_party
from comms.domain.jurisdiction import contains
from comms.domain.officer import commands
from comms.domain.picture import Picture
from comms.domain.realm import Realm, realm_of
from comms.domain.talkgroup import Talkgroup
from comms.gateway.attempts import FREE_TRIES_BY_ADDRESS, FREE_TRIES_BY_NAME, Attempts
from comms.gateway.context import Refusal, Session
from comms.gateway.footing import Footing
from comms.gateway.outbox import Outbox
from comms.gateway.settings import Settings
from comms.journal.accounts import Accounts, Tokens
from comms.journal.journal import Journal
from comms.protocol.commands import Command, DeskResume, DeskSignIn, TerminalEnrol, TerminalSignIn, TokenRefresh
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Enrolled, IceServer, Push, TokenGranted, Welcome
from comms.protocol.version import PROTOCOL_VERSION

SignInCommand = DeskSignIn | DeskResume | TerminalSignIn
BeforeSession = SignInCommand | TokenRefresh | TerminalEnrol


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed in, and the answer."""

    session: Session
    welcome: Welcome


Answer = Signed | Push | Refusal


class SignIn:
    def __init__(self, *, accounts: Accounts, journal: Journal, footing: Footing, settings: Settings) -> None:
        self._accounts = accounts
        self._realm = accounts.realm
        self._journal = journal
        self._clock = footing.clock
        self._time, self._real_now = footing.network_time, footing.real_now
        self._settings = settings
        self._names = Attempts(free_tries=FREE_TRIES_BY_NAME)
        self._addresses = Attempts(free_tries=FREE_TRIES_BY_ADDRESS)

    async def answer(self, command: Command, *, address: str, outbox: Outbox) -> Answer:
        """Raises JournalError when the store cannot keep a token."""
        if not isinstance(command, BeforeSession):
            return Refusal(RefusalCode.NOT_SIGNED_IN)
        if not isinstance(command, TokenRefresh) and command.protocol != PROTOCOL_VERSION:
            return Refusal(RefusalCode.WRONG_VERSION)
        if not self._is_of_our_realm(command):
            return Refusal(RefusalCode.OTHER_REALM)
        match command:
            case DeskSignIn():
                return await self._desk(command, address, outbox)
            case DeskResume():
                return await self._resume(command, outbox)
            case TokenRefresh():
                return await self.refresh(command)
            case TerminalEnrol():
                return await self._enrol(command, address)
            case TerminalSignIn():
                return await self._terminal(command, outbox)
            case _:
                assert_never(command)

    def _is_of_our_realm(self, command: BeforeSession) -> bool:
        """Before it is looked up: what was given out in a drill opens nothing that is live, and the other way round."""
        match command:
            case DeskSignIn():
                return True  # a name and a password, which are looked up in our own accounts only
            case DeskResume(token=secret) | TokenRefresh(refresh_token=secret):
                return realm_of(secret) is self._realm
            case TerminalEnrol(code=secret) | TerminalSignIn(device_token=secret):
                return realm_of(secret) is self._realm
            case _:
                assert_never(command)

    async def refresh(self, command: TokenRefresh) -> TokenGranted | Refusal:
        if not self._is_of_our_realm(command):
            return Refusal(RefusalCode.OTHER_REALM)
        granted = await self._accounts.refresh(command.refresh_token)
        if granted is None:
            return Refusal(RefusalCode.TOKEN_EXPIRED)
        return TokenGranted(
            id=command.id,
            token=granted.token,
            token_expires_at=granted.expires_at,
            refresh_token=granted.refresh_token,
        )

    # --- desks --------------------------------------------------------------------------------------

    async def _desk(self, command: DeskSignIn, address: str, outbox: Outbox) -> Answer:
        refusal = self._wait(command.name, address)
        if refusal is not None:
            return refusal
        officer_id = OfficerId(command.name)
        # Counted before it is checked, or many at once would all be free.
        self._names.failed(command.name, now=self._time())
        is_right = await self._accounts.check_password(officer_id, command.password)
        if not is_right or officer_id not in self._journal.picture.officers:
            self._addresses.failed(address, now=self._time())
            return Refusal(RefusalCode.WRONG_CREDENTIALS)
        self._names.succeeded(command.name)
        granted, family = await self._accounts.grant_tokens(officer_id)
        return self._welcome_desk(command, officer_id, outbox, granted, family)

    async def confirm(self, officer_id: OfficerId, password: str) -> Refusal | None:
        """Asks an officer who is signed in for his password again, as a signature. Wrong ones count as at the door."""
        wait_s = self._names.wait_s(officer_id, now=self._time())
        if wait_s is not None:
            return Refusal(RefusalCode.TRY_LATER, wait_s)
        self._names.failed(officer_id, now=self._time())
        if not await self._accounts.check_password(officer_id, password):
            return Refusal(RefusalCode.WRONG_CREDENTIALS)
        self._names.succeeded(officer_id)
        return None

    async def _resume(self, command: DeskResume, outbox: Outbox) -> Answer:
        held = await self._accounts.check_token(command.token)
        if held is None or held.officer_id not in self._journal.picture.officers:
            return Refusal(RefusalCode.TOKEN_EXPIRED)
        return self._welcome_desk(command, held.officer_id, outbox, None, held.family)

    def _welcome_desk(
        self,
        command: DeskSignIn | DeskResume,
        officer_id: OfficerId,
        outbox: Outbox,
        granted: Tokens | None,
        family: str,
    ) -> Signed:
        officer = self._journal.picture.officers[officer_id]
        session = Session(
            id=_session_id(),
            party=officer_party(officer_id),
            name=officer.name,
            jurisdiction_id=officer.jurisdiction_id,
            locale=command.locale,
            unit_id=None,
            officer_id=officer_id,
            send=outbox.send,
            token_family=family,
        )
        welcome = Welcome(
            id=command.id,
            protocol=PROTOCOL_VERSION,
            party=session.party,
            name=session.name,
            jurisdiction_id=session.jurisdiction_id,
            server_time=self._clock.now(),
            talkgroups=talkgroups_for(self._journal.picture, session),
            token=granted.token if granted else None,
            token_expires_at=granted.expires_at if granted else None,
            refresh_token=granted.refresh_token if granted else None,
            ice_servers=self._ice_servers(session.party),
            position_interval_s=self._settings.position_interval_s,
            is_drill=self._realm is Realm.DRILL,
            wall_time=self._real_now() if self._realm is Realm.DRILL else None,
        )
        return Signed(session, welcome)

    # --- terminals ----------------------------------------------------------------------------------

    async def _enrol(self, command: TerminalEnrol, address: str) -> Answer:
        wait_s = self._addresses.wait_s(address, now=self._time())
        if wait_s is not None:
            return Refusal(RefusalCode.TRY_LATER, wait_s)
        enrolled = await self._accounts.enrol(command.code, device_name=command.device_name)
        if enrolled is None or enrolled[0] not in self._journal.picture.units:
            self._addresses.failed(address, now=self._time())
            return Refusal(RefusalCode.WRONG_CREDENTIALS)
        unit_id, device_token = enrolled
        self._journal.record_soon(
            unit_party(unit_id), [TerminalEnrolled(unit_id=unit_id, device_name=command.device_name)]
        )
        return Enrolled(id=command.id, device_token=device_token, unit_id=unit_id)

    async def _terminal(self, command: TerminalSignIn, outbox: Outbox) -> Answer:
        """Not limited by address: device tokens cannot be guessed, and one worn-out terminal must not lock out the
        others behind its NAT."""
        unit_id = await self._accounts.unit_of_device(command.device_token)
        if unit_id is None or unit_id not in self._journal.picture.units:
            return Refusal(RefusalCode.WRONG_CREDENTIALS)
        return self._welcome_terminal(command, unit_id, outbox)

    def _welcome_terminal(self, command: TerminalSignIn, unit_id: UnitId, outbox: Outbox) -> Signed:
        state = self._journal.picture.units[unit_id]
        allowed = {*state.unit.talkgroup_ids, *called_into(self._journal.picture, unit_id)}
        session = Session(
            id=_session_id(),
            party=unit_party(unit_id),
            name=state.unit.name,
            jurisdiction_id=state.unit.jurisdiction_id,
            locale=command.locale,
            unit_id=unit_id,
            officer_id=None,
            send=outbox.send,
            video_consent=command.video_consent,
            affiliated=tuple(group for group in state.affiliated if group in allowed),
        )
        welcome = Welcome(
            id=command.id,
            protocol=PROTOCOL_VERSION,
            party=session.party,
            name=session.name,
            jurisdiction_id=session.jurisdiction_id,
            server_time=self._clock.now(),
            talkgroups=talkgroups_for(self._journal.picture, session),
            affiliated=session.affiliated,
            ice_servers=self._ice_servers(session.party),
            position_interval_s=self._settings.position_interval_s,
            is_drill=self._realm is Realm.DRILL,
        )
        return Signed(session, welcome)

    def _ice_servers(self, party: PartyId) -> tuple[IceServer, ...]:
        turn = self._settings.turn
        return turn.for_party(party, now=self._real_now()) if turn is not None else ()

    def _wait(self, name: str, address: str) -> Refusal | None:
        now = self._time()
        waits = [wait for wait in (self._names.wait_s(name, now=now), self._addresses.wait_s(address, now=now)) if wait]
        return Refusal(RefusalCode.TRY_LATER, max(waits)) if waits else None


def talkgroups_for(picture: Picture, session: Session) -> tuple[Talkgroup, ...]:
    """Those the session may affiliate to: a unit's own list and what it is called into, a desk's whole jurisdiction;
    none for who only administers."""
    groups = {group_id: state.talkgroup for group_id, state in picture.talkgroups.items()}
    if session.unit_id is not None:
        own = picture.units[session.unit_id].unit.talkgroup_ids
        return tuple(groups[group_id] for group_id in (*called_into(picture, session.unit_id), *own))
    officer = picture.officers.get(session.officer_id) if session.officer_id is not None else None
    if officer is None or not commands(officer.roles):
        return ()
    return tuple(group for group in groups.values() if contains(session.jurisdiction_id, group.jurisdiction_id))


def called_into(picture: Picture, unit_id: UnitId) -> tuple[TalkgroupId, ...]:
    """The ad-hoc talkgroups a unit is in, in the order of its affiliations."""
    known = picture.talkgroups
    held = picture.units[unit_id].affiliated
    return tuple(group_id for group_id in held if group_id in known and known[group_id].ad_hoc is not None)


def may_affiliate(picture: Picture, session: Session, talkgroup_id: TalkgroupId) -> bool:
    return any(group.id == talkgroup_id for group in talkgroups_for(picture, session))


def _session_id() -> str:
    return secrets.token_hex(8)
