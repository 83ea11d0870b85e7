"""The one thing that somebody may ask who has not signed in, where the site allows it: help."""

from typing import Annotated

from msgspec import Meta

from comms.domain.order import Place
from comms.protocol.command_shape import AnyCommand
from comms.protocol.errors import Locale

_Words = Annotated[str, Meta(max_length=60)]


class HelpCall(AnyCommand, frozen=True, kw_only=True, tag="help.call"):
    """呼救 without signing in: the limited service state of 3GPP TS 33.180, Annex B. It rings at every desk above the
    place; `done.subject` is the incident that it became. Refused as `not_signed_in` unless the site allows it."""

    protocol: int
    text: Annotated[str, Meta(max_length=500)] = ""
    name: _Words = ""
    """Who calls, as he says himself."""
    contact: _Words = ""
    """Where he can be reached, as he says himself."""
    place: Place | None = None
    locale: Locale = Locale.ZH_CN
