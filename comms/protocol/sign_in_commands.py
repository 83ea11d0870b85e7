"""Commands that come first on a connection, and those that make or end what is signed in with."""

from typing import Annotated

from msgspec import Meta

from comms.domain.ids import UnitId
from comms.domain.unit import VideoConsent
from comms.protocol.command_shape import AnyCommand as _Command
from comms.protocol.command_shape import Line, Secret
from comms.protocol.refusal_code import Locale

DeviceKey = Annotated[str, Meta(max_length=128, pattern="^([A-Za-z0-9_-]{32,})?$")]

# --- signing in: one of these comes first ---------------------------------------------------------


class DeskSignIn(_Command, frozen=True, kw_only=True, tag="desk.sign_in"):
    protocol: int
    name: Line
    password: Secret
    locale: Locale = Locale.ZH_CN
    new_password: Secret = ""
    """Takes the old one's place with this sign-in: it was refused with `password_expired`."""
    code: Line = ""
    """Of the second factor, or a recovery code: it was refused with `second_factor_needed`."""
    program: Line = ""
    """What signs in, and its version: for the list of who is signed in."""


class DeskResume(_Command, frozen=True, kw_only=True, tag="desk.resume"):
    """Sign in again with the short-lived token of an earlier sign-in."""

    protocol: int
    token: Secret
    locale: Locale = Locale.ZH_CN
    program: Line = ""


class TokenRefresh(_Command, frozen=True, kw_only=True, tag="token.refresh"):
    """A new token for the refresh token, which is used up. Allowed before signing in."""

    refresh_token: Secret


class TerminalEnrol(_Command, frozen=True, kw_only=True, tag="terminal.enrol"):
    """Turn a single-use enrolment code into a device token. Then sign in with it on the same connection."""

    protocol: int
    code: Secret
    device_key: DeviceKey = ""
    """At least 192 random bits in letters, digits, `-` and `_`, made by the device and kept by it before this is sent.
    The code is bound to the first key it comes with: the same two again, because the answer was lost, are answered as
    before, and another device is refused. Without a key a code counts once, whether its answer arrives or not."""
    device_name: Line = ""
    locale: Locale = Locale.ZH_CN


class TerminalSignIn(_Command, frozen=True, kw_only=True, tag="terminal.sign_in"):
    protocol: int
    device_token: Secret
    locale: Locale = Locale.ZH_CN
    video_consent: VideoConsent = VideoConsent.ASK
    is_emergency: bool = False
    """Its user is holding the emergency key: let in ahead of everybody, however many come back at once."""
    program: Line = ""


class SignOut(_Command, frozen=True, kw_only=True, tag="session.sign_out"):
    """Ends the session and its token."""


class EnrolmentIssue(_Command, frozen=True, kw_only=True, tag="enrolment.issue"):
    """A new single-use enrolment code for a unit's terminal; answered by enrolment.code."""

    unit_id: UnitId
    valid_s: Annotated[float, Meta(gt=0, le=30 * 86_400)] = 86_400.0
