"""Commands of desks about incidents in the hub: merge, unmerge, acknowledge."""

from typing import Annotated

import msgspec
from msgspec import Meta

from comms.domain.ids import IncidentId
from comms.domain.merge import MOST_AT_ONCE, Reason
from comms.domain.merge_rules import MergeFault
from comms.protocol.command_shape import AnyCommand
from comms.protocol.errors import RefusalCode

Words = Annotated[str, Meta(max_length=1000)]


class MergePart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One to be merged, and what was found to speak for it."""

    incident_id: IncidentId
    reasons: Annotated[tuple[Reason, ...], Meta(max_length=10)] = ()


class IncidentMerge(AnyCommand, frozen=True, kw_only=True, tag="incident.merge"):
    """These tell of the same as the main one, which carries them from now on: all of them or none. Durable.
    `done.subject` is the main one's id.

    What is merged is open, stands by itself, carries none, and no department has begun with its case."""

    incident_id: IncidentId
    """The main one."""
    parts: Annotated[tuple[MergePart, ...], Meta(min_length=1, max_length=MOST_AT_ONCE)]
    words: Words = ""


class IncidentUnmerge(AnyCommand, frozen=True, kw_only=True, tag="incident.unmerge"):
    """It stands by itself again, as it stood. Durable. `done.subject` is its id."""

    incident_id: IncidentId
    words: Words = ""


class IncidentAcknowledge(AnyCommand, frozen=True, kw_only=True, tag="incident.acknowledge"):
    """An officer has taken note of it. Done without effect when somebody has before. Durable."""

    incident_id: IncidentId


HUB_COMMANDS = (IncidentMerge, IncidentUnmerge, IncidentAcknowledge)
HubCommand = IncidentMerge | IncidentUnmerge | IncidentAcknowledge

MERGE_CODES = {
    MergeFault.ITSELF: RefusalCode.SAME_INCIDENT,
    MergeFault.OUT_OF_JURISDICTION: RefusalCode.OUT_OF_JURISDICTION,
    MergeFault.CLOSED: RefusalCode.INCIDENT_CLOSED,
    MergeFault.MERGED: RefusalCode.INCIDENT_MERGED,
    MergeFault.MERGES_OTHERS: RefusalCode.MERGES_OTHERS,
    MergeFault.UNDER_WAY: RefusalCode.CASE_UNDER_WAY,
    MergeFault.NOT_MERGED: RefusalCode.ALREADY_DONE,
    MergeFault.WRONG_ROLE: RefusalCode.NOT_ALLOWED,
}
"""What is said of each fault: by the gateway that refuses, and by a desk before it asks."""
