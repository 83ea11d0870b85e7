"""Replies about accounts and sessions."""

import msgspec

from comms.domain.ids import OfficerId, UnitId
from comms.protocol.push_shape import AnyReply as _Reply


class AccountState(_Reply, frozen=True, kw_only=True, tag="account.state"):
    """Of the officer who asks. Times are Unix seconds."""

    password_expires_at: float | None = None
    """None: never."""
    has_second_factor: bool = False
    must_have_second_factor: bool = False
    recovery_left: int = 0


class SecondFactorOffer(_Reply, frozen=True, kw_only=True, tag="second_factor.offer"):
    """`uri` is what an authenticator scans, `secret` the same to be typed. Told once."""

    secret: str
    uri: str


class RecoveryCodes(_Reply, frozen=True, kw_only=True, tag="second_factor.codes"):
    """Each signs in once without the authenticator. Told once."""

    codes: tuple[str, ...]


class SignInLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`since` is Unix seconds. One that is not open belongs to a desk that could come back without a password."""

    id: str
    officer_id: OfficerId
    since: float
    address: str = ""
    program: str = ""
    is_open: bool = False
    is_this: bool = False
    """The one that asks."""


class SignInPage(_Reply, frozen=True, kw_only=True, tag="sign_in.page"):
    sign_ins: tuple[SignInLine, ...]


class DeviceLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A unit with a terminal that has enrolled, or with a code that waits for one. Times are Unix seconds."""

    unit_id: UnitId
    name: str = ""
    enrolled_at: float | None = None
    code_expires_at: float | None = None
    is_online: bool = False
    since: float | None = None
    address: str = ""
    program: str = ""


class DevicePage(_Reply, frozen=True, kw_only=True, tag="device.page"):
    """`total` is how many fit what was asked, also beyond the limit."""

    devices: tuple[DeviceLine, ...]
    total: int


AccountPush = AccountState | SecondFactorOffer | RecoveryCodes | SignInPage | DevicePage
