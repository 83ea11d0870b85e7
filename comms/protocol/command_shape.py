"""What all commands have, and the lengths of their words."""

from typing import Annotated

import msgspec
from msgspec import Meta

from comms.domain.ids import CommandId

Id = Annotated[CommandId, Meta(min_length=1, max_length=64)]
Secret = Annotated[str, Meta(max_length=512)]
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=4000)]
Sdp = Annotated[str, Meta(max_length=65_536)]


class AnyCommand(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    id: Id
