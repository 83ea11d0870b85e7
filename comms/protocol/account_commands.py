"""Commands of an officer about his own account, and of those who look after everybody's."""

from typing import Annotated

from msgspec import Meta

from comms.domain.ids import UnitId
from comms.protocol.account_pushes import AccountState, DevicePage, RecoveryCodes, SecondFactorOffer, SignInPage
from comms.protocol.command_shape import AnyCommand as _Command
from comms.protocol.command_shape import Line, Secret


class AccountRead(_Command, frozen=True, kw_only=True, tag="account.read"):
    """How the officer's own account stands. Answered by account.state."""


class AccountPassword(_Command, frozen=True, kw_only=True, tag="account.password"):
    """A new password for oneself. Every other sign-in of the officer ends; answered by token.granted for this one."""

    password: Secret
    new_password: Annotated[str, Meta(min_length=1, max_length=512)]


class AccountUnlock(_Command, frozen=True, kw_only=True, tag="account.unlock"):
    """The password again, at a desk that is locked. Wrong ones count as at the door."""

    password: Secret


class SecondFactorBegin(_Command, frozen=True, kw_only=True, tag="second_factor.begin"):
    """A new secret for one's authenticator; answered by second_factor.offer. Where there is one, `code` is of it, or a
    recovery code; it goes on until the new one is confirmed."""

    password: Secret
    code: Line = ""


class SecondFactorConfirm(_Command, frozen=True, kw_only=True, tag="second_factor.confirm"):
    """The first code of the new secret: from now on it is asked for. Answered by second_factor.codes."""

    code: Annotated[str, Meta(min_length=1, max_length=200)]


class SecondFactorEnd(_Command, frozen=True, kw_only=True, tag="second_factor.end"):
    """No second factor any more, where the site leaves it to the officer."""

    password: Secret
    code: Line


class SignInList(_Command, frozen=True, kw_only=True, tag="sign_in.list"):
    """Sign-ins of desks that are open or could be prolonged: one's own, or everybody's for who looks after them.
    Answered by sign_in.page."""

    is_everybodys: bool = False


class SignInEnd(_Command, frozen=True, kw_only=True, tag="sign_in.end"):
    """End these, wherever they are: connections close at once and tokens are worth nothing. One's own, or anybody's for
    who looks after them."""

    sign_in_ids: Annotated[tuple[Line, ...], Meta(min_length=1, max_length=100)]


class DeviceList(_Command, frozen=True, kw_only=True, tag="device.list"):
    """Enrolled terminals whose unit or device is called so, and codes that wait. Answered by device.page."""

    words: Line = ""
    limit: Annotated[int, Meta(ge=1, le=500)] = 200


class DeviceRevoke(_Command, frozen=True, kw_only=True, tag="device.revoke"):
    """A terminal that was lost: its connection ends, its token and any code that waits are worth nothing."""

    unit_id: UnitId
    reason: Annotated[str, Meta(min_length=1, max_length=200)]


class EnrolmentRevoke(_Command, frozen=True, kw_only=True, tag="enrolment.revoke"):
    """Take back the code that waits for a unit's terminal."""

    unit_id: UnitId


AccountCommand = (
    AccountRead | AccountPassword | AccountUnlock | SecondFactorBegin | SecondFactorConfirm | SecondFactorEnd
)
AccessCommand = SignInList | SignInEnd | DeviceList | DeviceRevoke | EnrolmentRevoke
ACCOUNT_CHANGES = (AccountPassword, AccountUnlock, SecondFactorBegin, SecondFactorConfirm, SecondFactorEnd)
ACCOUNT_READS = (AccountRead,)
ACCESS_CHANGES = (SignInEnd, DeviceRevoke, EnrolmentRevoke)
ACCESS_READS = (SignInList, DeviceList)
ACCOUNT_ANSWERS: dict[type, type] = {
    AccountRead: AccountState,
    SecondFactorBegin: SecondFactorOffer,
    SecondFactorConfirm: RecoveryCodes,
    SignInList: SignInPage,
    DeviceList: DevicePage,
}
"""What is answered by something of its own."""
