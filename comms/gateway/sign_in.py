"""Signing in: from a fresh connection to a session, or a refusal."""

import secrets
from dataclasses import dataclass
from typing import assert_never

import msgspec

from comms.domain.events import TerminalEnrolled
from comms.domain.ids import CommandId, PartyId, TalkgroupId, UnitId, officer_party, unit_party
from comms.domain.jurisdiction import contains
from comms.domain.officer import commands
from comms.domain.picture import Picture
from comms.domain.realm import Realm, realm_of
from comms.domain.talkgroup import Talkgroup
from comms.gateway.context import Refusal, Session
from comms.gateway.desk_check import AskCertificate, DeskCheck, Shown, nothing_shown
from comms.gateway.footing import Footing
from comms.gateway.issuer_door import IssuerDoor
from comms.gateway.outbox import Outbox
from comms.gateway.proof import Proof, Proved
from comms.gateway.settings import Settings
from comms.gateway.turnstile import Turnstile
from comms.journal.accounts import Accounts, Tokens
from comms.journal.enrolments import NewDevice, Spent
from comms.journal.errors import JournalError
from comms.journal.journal import Journal
from comms.protocol.commands import Command, DeskResume, DeskSignIn, TerminalEnrol, TerminalSignIn, TokenRefresh
from comms.protocol.errors import RefusalCode
from comms.protocol.issuer_commands import IssuerBegin, IssuerSignIn
from comms.protocol.pushes import Enrolled, IceServer, Push, TokenGranted, Welcome
from comms.protocol.version import PROTOCOL_VERSION

SignInCommand = DeskSignIn | DeskResume | TerminalSignIn
BeforeSession = SignInCommand | IssuerBegin | IssuerSignIn | TokenRefresh | TerminalEnrol


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed in, and the answer."""

    session: Session
    welcome: Welcome


Answer = Signed | Push | Refusal
_SPENT = {
    Spent.USED: RefusalCode.CODE_USED,
    Spent.EXPIRED: RefusalCode.CODE_EXPIRED,
    Spent.REVOKED: RefusalCode.CODE_REVOKED,
    Spent.DEVICE_REVOKED: RefusalCode.DEVICE_REVOKED,
}


class SignIn:
    def __init__(self, *, accounts: Accounts, journal: Journal, footing: Footing, settings: Settings) -> None:
        self._accounts = accounts
        self._realm = accounts.realm
        self._journal = journal
        self._clock = footing.clock
        self._time, self._real_now = footing.network_time, footing.real_now
        self._settings = settings
        roles = settings.second_factor_roles
        self.proof = Proof(accounts, journal, time=footing.network_time, roles=roles)
        self._addresses = self.proof.addresses
        self.issuer = IssuerDoor(settings.issuer, self.proof, journal, footing)
        self.desk_check = DeskCheck(settings.desk_rule, accounts.certificates, footing.real_now)
        self.turnstile = Turnstile(settings.admission, now=footing.network_time)

    async def answer(
        self, command: Command, *, address: str, outbox: Outbox, certificate: AskCertificate = nothing_shown
    ) -> Answer:
        """`certificate` asks for the peer's. Raises JournalError when the store cannot keep what was asked for."""
        if not isinstance(command, BeforeSession):
            return Refusal(RefusalCode.NOT_SIGNED_IN)
        if not isinstance(command, TokenRefresh) and command.protocol != PROTOCOL_VERSION:
            return Refusal(RefusalCode.WRONG_VERSION)
        if not _is_of_realm(command, self._realm):
            return Refusal(RefusalCode.OTHER_REALM)
        if isinstance(command, TerminalEnrol | TerminalSignIn):  # phones and their browsers show none
            return await self._answer(command, address, outbox, Shown())
        shown = await self.desk_check.of(certificate)
        if isinstance(shown, Refusal):
            return shown
        answer = await self._answer(command, address, outbox, shown)
        if not isinstance(answer, Signed):
            return answer
        officer_id = answer.session.officer_id
        if officer_id is not None and await self._accounts.disabled.has(officer_id):
            return Refusal(RefusalCode.OFFICER_DISABLED)  # said to who has proved that it is him, and to nobody else
        still = await self.desk_check.of(certificate)  # revoked meanwhile, it ended no session: there is none yet
        return _with(answer, still) if isinstance(still, Shown) else still

    async def _answer(self, command: BeforeSession, address: str, outbox: Outbox, shown: Shown) -> Answer:
        match command:
            case DeskSignIn() | IssuerSignIn():
                return await self._desk(command, address, outbox, shown)
            case IssuerBegin():
                return await self.issuer.begin(command, address)
            case DeskResume():
                return await self._resume(command, outbox, shown)
            case TokenRefresh():
                return await self.refresh(command)
            case TerminalEnrol():
                return await self._enrol(command, address)
            case TerminalSignIn():
                return await self._terminal(command, outbox)
            case _:
                assert_never(command)

    async def refresh(self, command: TokenRefresh) -> TokenGranted | Refusal:
        if not _is_of_realm(command, self._realm):
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

    async def _desk(self, command: DeskSignIn | IssuerSignIn, address: str, outbox: Outbox, shown: Shown) -> Answer:
        if isinstance(command, DeskSignIn):
            proved = await self.proof.of_desk(command, address)
        else:
            proved = await self.issuer.of_desk(command, address)
        if isinstance(proved, Refusal):
            return proved
        try:
            granted, family = await self._accounts.grant_tokens(
                proved.officer_id,
                address=address,
                program=command.program,
                is_vouched=proved.is_vouched,
                certificate=shown.serial,
            )
        except JournalError:  # calls go on without a record; the password is asked for again when the link is lost
            return self._welcome_desk(command, proved, outbox, None, _session_id())
        return self._welcome_desk(command, proved, outbox, granted, family)

    async def _resume(self, command: DeskResume, outbox: Outbox, shown: Shown) -> Answer:
        held = await self._accounts.check_token(command.token)
        if held is None or held.officer_id not in self._journal.picture.officers:
            return Refusal(RefusalCode.TOKEN_EXPIRED)
        if held.certificate and held.certificate != shown.serial:  # taken from its desk to another one
            return Refusal(RefusalCode.TOKEN_EXPIRED)
        must_set_up = not held.is_vouched and await self.proof.must_set_up(held.officer_id)
        return self._welcome_desk(command, Proved(held.officer_id, must_set_up=must_set_up), outbox, None, held.family)

    def _welcome_desk(
        self,
        command: DeskSignIn | IssuerSignIn | DeskResume,
        proved: Proved,
        outbox: Outbox,
        granted: Tokens | None,
        family: str,
    ) -> Signed:
        officer_id = proved.officer_id
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
            must_set_up=proved.must_set_up,
        )
        return Signed(session, self._desk_welcome(command.id, session, proved, granted))

    def _desk_welcome(self, command_id: CommandId, session: Session, proved: Proved, granted: Tokens | None) -> Welcome:
        return Welcome(
            id=command_id,
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
            password_expires_at=proved.password_expires_at,
            must_set_up=proved.must_set_up,
            idle_lock_s=self._settings.idle_lock_s if self._realm is Realm.LIVE else 0.0,
            has_issuer=self.issuer.is_open,
        )

    # --- terminals ----------------------------------------------------------------------------------

    async def _enrol(self, command: TerminalEnrol, address: str) -> Answer:
        wait_s = self._addresses.wait_s(address, now=self._time())
        if wait_s is not None:
            return Refusal(RefusalCode.TRY_LATER, wait_s)
        enrolled = await self._accounts.enrolments.enrol(
            command.code, device_name=command.device_name, device_key=command.device_key
        )
        if not isinstance(enrolled, NewDevice) or enrolled.unit_id not in self._journal.picture.units:
            self._addresses.failed(address, now=self._time())
            return Refusal(_SPENT[enrolled] if isinstance(enrolled, Spent) else RefusalCode.WRONG_CREDENTIALS)
        unit_id, device_token = enrolled.unit_id, enrolled.device_token
        if not enrolled.is_again:
            event = TerminalEnrolled(unit_id=unit_id, device_name=command.device_name)
            self._journal.record_soon(unit_party(unit_id), [event])
        return Enrolled(id=command.id, device_token=device_token, unit_id=unit_id)

    async def _terminal(self, command: TerminalSignIn, outbox: Outbox) -> Answer:
        """Not limited by address: device tokens cannot be guessed, and one worn-out terminal must not lock out the
        others behind its NAT."""
        unit_id = await self._accounts.enrolments.unit_of(command.device_token)
        if isinstance(unit_id, Spent):
            return Refusal(_SPENT[unit_id])
        if unit_id is None or unit_id not in self._journal.picture.units:
            return Refusal(RefusalCode.WRONG_CREDENTIALS)
        if self._realm is Realm.LIVE:  # a drill's terminals are few, and simulated beside it
            wait_s = self.turnstile.ask(unit_id, is_emergency=command.is_emergency)
            if wait_s is not None:
                return Refusal(RefusalCode.CROWDED, wait_s)
        return self._welcome_terminal(command, unit_id, outbox)

    def _welcome_terminal(self, command: TerminalSignIn, unit_id: UnitId, outbox: Outbox) -> Signed:
        session = _terminal_session(self._journal.picture, command, unit_id, outbox)
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
            return_within_s=len(self._journal.picture.units) / self._settings.returns_a_second,
            is_drill=self._realm is Realm.DRILL,
        )
        return Signed(session, welcome)

    def _ice_servers(self, party: PartyId) -> tuple[IceServer, ...]:
        turn = self._settings.turn
        return turn.for_party(party, now=self._real_now()) if turn is not None else ()


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


def _is_of_realm(command: BeforeSession, realm: Realm) -> bool:
    """Before it is looked up: what was given out in a drill opens nothing that is live, and the other way round."""
    match command:
        case DeskSignIn() | IssuerBegin() | IssuerSignIn():
            return True  # a name, which is looked up in our own accounts only
        case DeskResume(token=secret) | TokenRefresh(refresh_token=secret):
            return realm_of(secret) is realm
        case TerminalEnrol(code=secret) | TerminalSignIn(device_token=secret):
            return realm_of(secret) is realm
        case _:
            assert_never(command)


def _terminal_session(picture: Picture, command: TerminalSignIn, unit_id: UnitId, outbox: Outbox) -> Session:
    state = picture.units[unit_id]
    allowed = {*state.unit.talkgroup_ids, *called_into(picture, unit_id)}
    return Session(
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


def _with(signed: Signed, shown: Shown) -> Signed:
    """From a desk that has shown this."""
    signed.session.certificate = shown.serial
    welcome = msgspec.structs.replace(signed.welcome, certificate_ends_at=shown.ends_at)
    return Signed(signed.session, welcome)


def _session_id() -> str:
    return secrets.token_hex(8)
