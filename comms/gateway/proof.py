"""Proving at the door who somebody is: name and password, or what an issuer vouches for, within limits on tries."""

from collections.abc import Callable
from dataclasses import dataclass

from comms.domain.account_events import AccountChange, AccountChanged, SignInLocked
from comms.domain.ids import GATEWAY, OfficerId, officer_party
from comms.domain.officer import OfficerRole
from comms.domain.password import PasswordAge, PasswordFault
from comms.domain.realm import Realm
from comms.gateway.attempts import FREE_TRIES_BY_ADDRESS, FREE_TRIES_BY_NAME, Attempts
from comms.gateway.context import Refusal
from comms.journal.accounts import Accounts
from comms.journal.journal import Journal
from comms.journal.second_factors import FactorUse
from comms.protocol.account_words import faults_words
from comms.protocol.errors import Locale, RefusalCode
from comms.protocol.sign_in_commands import DeskSignIn


@dataclass(frozen=True, slots=True)
class Proved:
    """Who it is, and when the password has to be changed if that is near."""

    officer_id: OfficerId
    password_expires_at: float | None = None
    must_set_up: bool = False
    is_vouched: bool = False
    """A second factor was shown to the identity service."""


class Proof:
    """`time` is monotonic seconds of the network, not of a drill; officers with one of `roles` need a second factor."""

    def __init__(
        self,
        accounts: Accounts,
        journal: Journal,
        *,
        time: Callable[[], float],
        roles: frozenset[OfficerRole] = frozenset(),
    ) -> None:
        self._accounts = accounts
        self._passwords, self._factors = accounts.passwords, accounts.factors
        self._roles = roles
        self._journal = journal
        self._time = time
        self._names = Attempts(free_tries=FREE_TRIES_BY_NAME)
        self.addresses = Attempts(free_tries=FREE_TRIES_BY_ADDRESS)

    async def of_desk(self, command: DeskSignIn, address: str) -> Proved | Refusal:
        """Raises JournalError when a new password cannot be kept."""
        refusal = self._wait(command.name, address)
        if refusal is not None:
            return refusal
        officer_id = OfficerId(command.name)
        # Counted before it is checked, or many at once would all be free.
        self._names.failed(command.name, now=self._time())
        is_right = await self._passwords.check(officer_id, command.password)
        if not is_right or officer_id not in self._journal.picture.officers:
            return self._wrong(command.name, address, RefusalCode.WRONG_CREDENTIALS)
        expires_at = await self._passwords.expires_at(officer_id, command.password)
        refusal = await self._new_password_fault(officer_id, command.new_password, expires_at)
        if refusal is not None:
            self._names.forgive(command.name)
            return refusal
        refusal = await self._factor_fault(officer_id, command.code, address)
        if refusal is not None:
            return refusal
        if command.new_password:
            await self._passwords.put(officer_id, command.new_password)
            expires_at = None
        self._names.succeeded(command.name)
        told = expires_at if self._passwords.age(expires_at) is PasswordAge.ENDING else None
        return Proved(officer_id, told, await self.must_set_up(officer_id))

    async def of_vouched(self, officer_id: OfficerId, code: str, address: str, *, is_vouched: bool) -> Proved | Refusal:
        """An issuer says that it is this officer; `is_vouched`: by a second factor, too. Else the one that he has here
        is asked for, and wrong codes are wrong tries. What was tried with his name before still counts: it says nothing
        of his password."""
        refusal = self._wait(officer_id, address)
        if refusal is not None:
            return refusal
        if is_vouched:
            return Proved(officer_id, is_vouched=True)
        self._names.failed(officer_id, now=self._time())
        refusal = await self._factor_fault(officer_id, code, address)
        if refusal is not None:
            return refusal
        self._names.forgive(officer_id)
        return Proved(officer_id, must_set_up=await self.must_set_up(officer_id))

    def _wrong(self, name: str, address: str, code: RefusalCode) -> Refusal:
        """A wrong try; the one that locks the name is kept, for who looks into it."""
        now = self._time()
        self.addresses.failed(address, now=now)
        wait_s = self._names.wait_s(name, now=now)
        if wait_s is not None:
            self._journal.record_soon(GATEWAY, [SignInLocked(name=name, address=address, wait_s=wait_s)])
        return Refusal(code)

    async def _factor_fault(self, officer_id: OfficerId, code: str, address: str) -> Refusal | None:
        """The password was right; is the code, where one is asked for? Wrong codes are wrong tries."""
        if not await self._factors.is_on(officer_id):
            return None
        if not code:
            self._names.forgive(officer_id)
            return Refusal(RefusalCode.SECOND_FACTOR_NEEDED)
        if not await self._spend(officer_id, code):
            return self._wrong(officer_id, address, RefusalCode.SECOND_FACTOR_WRONG)
        return None

    async def _spend(self, officer_id: OfficerId, code: str) -> bool:
        use = await self._factors.check(officer_id, code)
        if use is FactorUse.RECOVERY:
            change = AccountChanged(officer_id=officer_id, what=AccountChange.RECOVERY_USED)
            self._journal.record_soon(officer_party(officer_id), [change])
        return use is not None

    async def must_set_up(self, officer_id: OfficerId) -> bool:
        """The site asks for a second factor, and there is none yet."""
        return self.is_asked_for(officer_id) and not await self._factors.is_on(officer_id)

    def is_asked_for(self, officer_id: OfficerId) -> bool:
        """A second factor is, by the officer's roles; none written down are all of them. A drill asks for none."""
        roles = self._journal.picture.officers[officer_id].roles or tuple(OfficerRole)
        return self._accounts.realm is Realm.LIVE and not self._roles.isdisjoint(roles)

    async def _new_password_fault(
        self, officer_id: OfficerId, new_password: str, expires_at: float | None
    ) -> Refusal | None:
        if new_password:
            return await self.password_fault(officer_id, new_password)
        if self._passwords.age(expires_at) is PasswordAge.EXPIRED:
            return Refusal(RefusalCode.PASSWORD_EXPIRED)
        return None

    async def password_fault(self, officer_id: OfficerId, new_password: str) -> Refusal | None:
        """Why this cannot be the officer's next password."""
        name = self._journal.picture.officers[officer_id].name
        faults = await self._passwords.faults(officer_id, new_password, (name,))
        return refused_password(faults) if faults else None

    async def confirm(self, officer_id: OfficerId, password: str, code: str | None = None) -> Refusal | None:
        """Asks an officer who is signed in for his password again, as a signature, and for a code where one is given
        and there is a second factor. Wrong ones count as at the door."""
        wait_s = self._names.wait_s(officer_id, now=self._time())
        if wait_s is not None:
            return Refusal(RefusalCode.TRY_LATER, wait_s)
        self._names.failed(officer_id, now=self._time())
        if not await self._passwords.check(officer_id, password):
            return Refusal(RefusalCode.WRONG_CREDENTIALS)
        if code is not None and await self._factors.is_on(officer_id) and not await self._spend(officer_id, code):
            return Refusal(RefusalCode.SECOND_FACTOR_WRONG)
        self._names.succeeded(officer_id)
        return None

    async def confirm_factor(self, officer_id: OfficerId, code: str) -> tuple[str, ...] | Refusal:
        """The recovery codes, when this is the first code of the new secret. Wrong ones count as at the door."""
        wait_s = self._names.wait_s(officer_id, now=self._time())
        if wait_s is not None:
            return Refusal(RefusalCode.TRY_LATER, wait_s)
        self._names.failed(officer_id, now=self._time())
        codes = await self._factors.confirm(officer_id, code)
        if codes is None:
            return Refusal(RefusalCode.SECOND_FACTOR_WRONG)
        self._names.succeeded(officer_id)
        return codes

    def _wait(self, name: str, address: str) -> Refusal | None:
        now = self._time()
        waits = [wait for wait in (self._names.wait_s(name, now=now), self.addresses.wait_s(address, now=now)) if wait]
        return Refusal(RefusalCode.TRY_LATER, max(waits)) if waits else None


def refused_password(faults: tuple[PasswordFault, ...]) -> Refusal:
    return Refusal(RefusalCode.PASSWORD_RULES, lacking={locale: faults_words(faults, locale) for locale in Locale})
