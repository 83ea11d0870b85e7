"""What happened to accounts, sign-ins and devices. Nothing of it is in the picture: it is kept for who asks later."""

from enum import StrEnum

import msgspec

from comms.domain.ids import OfficerId, PartyId, UnitId


class _Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Base of these events."""


class AccountChange(StrEnum):
    PASSWORD = "password"
    PASSWORD_SET = "password_set"
    """By an administrator, which ends the officer's session."""
    SECOND_FACTOR_ON = "second_factor_on"
    SECOND_FACTOR_OFF = "second_factor_off"
    RECOVERY_USED = "recovery_used"
    """A recovery code was spent at a sign-in."""
    DISABLED = "disabled"
    ENABLED = "enabled"


class AccountChanged(_Event, frozen=True, kw_only=True, tag="account.changed"):
    officer_id: OfficerId
    what: AccountChange
    reason: str = ""


class SignInLocked(_Event, frozen=True, kw_only=True, tag="sign_in.locked"):
    """So many wrong tries with this name that it has to wait. The name is what was typed."""

    name: str
    address: str
    wait_s: float


class SignInEnded(_Event, frozen=True, kw_only=True, tag="sign_in.ended"):
    """The actor ended somebody's sign-in, or one of his own elsewhere."""

    party: PartyId
    address: str = ""


class EnrolmentIssued(_Event, frozen=True, kw_only=True, tag="enrolment.issued"):
    unit_id: UnitId
    expires_at: float


class EnrolmentRevoked(_Event, frozen=True, kw_only=True, tag="enrolment.revoked"):
    unit_id: UnitId


class DeviceRevoked(_Event, frozen=True, kw_only=True, tag="device.revoked"):
    unit_id: UnitId
    device_name: str
    reason: str = ""


class DeskCertificateIssued(_Event, frozen=True, kw_only=True, tag="desk_certificate.issued"):
    """`serial` is in hexadecimal, `desk` what the administrator calls it; Unix seconds."""

    serial: str
    desk: str
    ends_at: float


class DeskCertificateRevoked(_Event, frozen=True, kw_only=True, tag="desk_certificate.revoked"):
    serial: str
    desk: str
    reason: str = ""


AccountEvent = (
    AccountChanged
    | SignInLocked
    | SignInEnded
    | EnrolmentIssued
    | EnrolmentRevoked
    | DeviceRevoked
    | DeskCertificateIssued
    | DeskCertificateRevoked
)
