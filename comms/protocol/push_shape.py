"""What all pushes have."""

import msgspec

from comms.domain.ids import CommandId


class AnyPush(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", omit_defaults=True):
    """Base of all pushes."""


class AnyReply(AnyPush, frozen=True, kw_only=True):
    id: CommandId
