"""The officer's own account: how it stands, another password, a second factor; and who is signed in."""

from typing import TypeVar

from comms.domain.ids import UnitId
from comms.protocol import account_commands as cmd
from comms.protocol.account_pushes import AccountState, DevicePage, RecoveryCodes, SecondFactorOffer, SignInPage
from comms.protocol.commands import Command
from comms.protocol.errors import Locale
from comms.protocol.issuer_commands import IssuerUnlock
from comms.protocol.pushes import Done, Push, Refused, TokenGranted
from console.actions.issuer import IssuerProof, Landing, OpenPage, prove
from console.actions.requester import NewId, Requester, UnexpectedAnswerError, Unsent, UnsentError

T = TypeVar("T", bound=Push)


class AccountActions:
    """Secrets are asked for once and never kept to be sent again: nothing here is durable."""

    def __init__(self, requester: Requester, *, new_id: NewId, landing: Landing | None = None) -> None:
        """`landing` is where the browser comes back to from the identity service."""
        self._requester = requester
        self._new_id = new_id
        self._landing = landing

    async def read(self) -> AccountState | Refused | Unsent:
        return await self._ask(cmd.AccountRead(id=self._new_id()), AccountState)

    async def change_password(self, password: str, new_password: str) -> TokenGranted | Refused | Unsent:
        """The session goes on with the new tokens; every other sign-in of the officer has ended."""
        command = cmd.AccountPassword(id=self._new_id(), password=password, new_password=new_password)
        return await self._ask(command, TokenGranted)

    async def unlock(self, password: str) -> Done | Refused | Unsent:
        """Of the locked desk."""
        return await self._ask(cmd.AccountUnlock(id=self._new_id(), password=password), Done)

    async def unlock_by_issuer(self, open_page: OpenPage, locale: Locale) -> Done | Refused | Unsent:
        """Of the locked desk, by the identity service in the browser."""
        ask = self._requester.request
        proof = await prove(ask, self._landing, open_page, new_id=self._new_id, locale=locale)
        if not isinstance(proof, IssuerProof):
            return proof
        command = IssuerUnlock(id=self._new_id(), state=proof.state, code=proof.code, verifier=proof.verifier)
        return await self._ask(command, Done)

    async def begin_factor(self, password: str, code: str = "") -> SecondFactorOffer | Refused | Unsent:
        """`code` where there is a second factor already."""
        command = cmd.SecondFactorBegin(id=self._new_id(), password=password, code=code)
        return await self._ask(command, SecondFactorOffer)

    async def confirm_factor(self, code: str) -> RecoveryCodes | Refused | Unsent:
        return await self._ask(cmd.SecondFactorConfirm(id=self._new_id(), code=code), RecoveryCodes)

    async def end_factor(self, password: str, code: str) -> Done | Refused | Unsent:
        return await self._ask(cmd.SecondFactorEnd(id=self._new_id(), password=password, code=code), Done)

    # --- who is signed in, and with what ------------------------------------------------------------------

    async def sign_ins(self, *, is_everybodys: bool = False) -> SignInPage | Refused | Unsent:
        return await self._ask(cmd.SignInList(id=self._new_id(), is_everybodys=is_everybodys), SignInPage)

    async def end_sign_ins(self, sign_in_ids: tuple[str, ...]) -> Done | Refused | Unsent:
        return await self._ask(cmd.SignInEnd(id=self._new_id(), sign_in_ids=sign_in_ids), Done)

    async def devices(self, words: str = "") -> DevicePage | Refused | Unsent:
        return await self._ask(cmd.DeviceList(id=self._new_id(), words=words), DevicePage)

    async def revoke_device(self, unit_id: UnitId, reason: str) -> Done | Refused | Unsent:
        return await self._ask(cmd.DeviceRevoke(id=self._new_id(), unit_id=unit_id, reason=reason), Done)

    async def revoke_code(self, unit_id: UnitId) -> Done | Refused | Unsent:
        return await self._ask(cmd.EnrolmentRevoke(id=self._new_id(), unit_id=unit_id), Done)

    async def _ask(self, command: Command, kind: type[T]) -> T | Refused | Unsent:
        try:
            answer = await self._requester.request(command)
        except UnsentError:
            return Unsent()
        if isinstance(answer, kind | Refused):
            return answer
        raise UnexpectedAnswerError(type(answer).__name__)
