"""What officers do in the hub with incidents, beside reporting, closing and giving orders."""

import msgspec

from comms.domain.ids import IncidentId
from comms.domain.merge import Reason


class _Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    incident_id: IncidentId


class IncidentMerged(_Event, frozen=True, kw_only=True, tag="incident.merged"):
    """From now on it is carried by another."""

    into: IncidentId
    reasons: tuple[Reason, ...] = ()
    words: str = ""


class IncidentUnmerged(_Event, frozen=True, kw_only=True, tag="incident.unmerged"):
    """It was something else after all: it stands again as it stood."""

    words: str = ""


class IncidentAcknowledged(_Event, frozen=True, kw_only=True, tag="incident.acknowledged"):
    """Whoever recorded this has taken note of it."""


HubEvent = IncidentMerged | IncidentUnmerged | IncidentAcknowledged
