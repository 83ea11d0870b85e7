"""All the evidence of a case in one list, oldest first. Pure."""

from collections.abc import Iterator

from comms.domain.case import CaseLine, CaseStage, CaseStep
from comms.domain.case_attachments import Attachment, AttachmentKind
from comms.domain.ids import IncidentId
from comms.domain.incident import IncidentState
from comms.domain.order import AssignmentState
from comms.domain.picture import Picture
from comms.domain.states import OrderState, Step

_AFTER = frozenset({CaseStep.HAND_BACK, CaseStep.REWORK, CaseStep.CLOSE, CaseStep.FORCE_CLOSE})
"""Photos with these steps show the place as it was left."""


def evidence_of(picture: Picture, incident_id: IncidentId) -> tuple[Attachment, ...]:
    """Raises KeyError when the picture does not know the incident."""
    incident = picture.incidents.states[incident_id]
    flow = picture.cases.of(incident).flow
    orders = [picture.orders[order_id] for order_id in incident.order_ids if order_id in picture.orders]
    checks = {line.move.order_id for line in flow if line.move.step is CaseStep.VERIFY}
    found = [
        *_reported(incident),
        *(one for line in flow for one in _of_line(line)),
        *(one for order in orders if order.order.id not in checks for one in _of_order(order)),
        *picture.cases.attachments.made.get(incident_id, ()),
    ]
    return tuple(sorted(found, key=lambda attachment: attachment.at))


def _reported(incident: IncidentState) -> Iterator[Attachment]:
    for blob_id in incident.incident.photos:
        yield Attachment(
            kind=AttachmentKind.PHOTO_BEFORE, at=incident.reported_at, party=incident.reported_by, blob_id=blob_id
        )


def _of_line(line: CaseLine) -> Iterator[Attachment]:
    """A collector's answer is told with his order's steps: what he saw before closing is how it was left."""
    move = line.move
    is_after = move.step in _AFTER or (move.step is CaseStep.VERIFIED and move.stage is not CaseStage.REPORTED)
    kind = AttachmentKind.PHOTO_AFTER if is_after else AttachmentKind.PHOTO_BEFORE
    party = move.to[0] if move.step is CaseStep.VERIFIED and move.to else line.actor
    for blob_id in move.photos:
        yield Attachment(kind=kind, at=line.at, party=party, blob_id=blob_id)


def _of_order(order: OrderState) -> Iterator[Attachment]:
    for step in order.timeline:
        for blob_id in step.attachments:
            yield Attachment(kind=_kind(step), at=step.at, party=step.actor, blob_id=blob_id)


def _kind(step: Step) -> AttachmentKind:
    is_after = step.what == AssignmentState.COMPLETED.value
    return AttachmentKind.PHOTO_AFTER if is_after else AttachmentKind.PHOTO_BEFORE
