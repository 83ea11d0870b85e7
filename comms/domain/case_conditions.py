"""What an item asks of a case before it is opened (立案) and closed (结案): conditions to tick, evidence to show. Pure;
the gateway enforces it, the desk asks it."""

import re
from typing import NamedTuple

from comms.domain.case import CaseState, CaseStep
from comms.domain.case_attachments import AttachmentKind
from comms.domain.case_evidence import evidence_of
from comms.domain.ids import BlobId, IncidentId, ItemId, party_unit
from comms.domain.item import Evidence, ItemState, ItemTerms
from comms.domain.order import AssignmentState
from comms.domain.picture import Picture

MOST_CONDITIONS = 20
"""Of one item; what a sheet says beyond them belongs to the last."""
ASKING = frozenset({CaseStep.REGISTER, CaseStep.CLOSE})
"""Steps that an item has conditions for. Who forces a case to its end gives a reason instead."""
_BREAK = re.compile(r"\s*\n\s*|[，,；;、]\s*(?:并且|同时|且)")
"""A line, or words that say outright that both must hold. A semicolon does not: sheets put it between alternatives."""
_SHOWN = {
    AttachmentKind.PHOTO_BEFORE: Evidence.PHOTO_BEFORE,
    AttachmentKind.PHOTO_AFTER: Evidence.PHOTO_AFTER,
    AttachmentKind.VIDEO: Evidence.VIDEO,
    AttachmentKind.RECORDING: Evidence.VOICE,
}


class Asked(NamedTuple):
    """What a step asks by the item of a case."""

    conditions: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    """In the item's order."""


NOTHING = Asked((), ())


def conditions_of(words: str) -> tuple[str, ...]:
    """The conditions in an item's words, each to be ticked by itself."""
    pieces = _BREAK.split(words.strip(), maxsplit=MOST_CONDITIONS - 1)
    return tuple(dict.fromkeys(piece.strip() for piece in pieces if piece.strip()))


def asked(picture: Picture, case: CaseState, step: CaseStep, item_id: ItemId | None, *, now: float) -> Asked:
    """What has to be ticked and shown for a step under this item, or under that of the case without one. `now` is Unix
    seconds. A case is closed by the wording it was registered under, as long as that is known."""
    state = picture.items.states.get(item_id or case.item_id or ItemId(""))
    if step not in ASKING or state is None:
        return NOTHING
    is_opening = step is CaseStep.REGISTER
    terms = _terms(state, now if is_opening or case.registered_at is None else case.registered_at, now)
    words = terms.opens_when if is_opening else terms.closes_when
    return Asked(conditions_of(words), _to_show(terms, case) if is_opening else terms.evidence)


def _terms(state: ItemState, at: float, now: float) -> ItemTerms:
    version = state.version_at(at) or state.version_at(now)
    return (version.item if version is not None else state.item).terms


def _to_show(terms: ItemTerms, case: CaseState) -> tuple[Evidence, ...]:
    """Who was there and reported has a picture to show; a call or another system's work order gets one later."""
    was_there = party_unit(case.found_by) is not None
    return tuple(each for each in terms.evidence if each is Evidence.PHOTO_BEFORE and was_there)


def shown(
    picture: Picture, incident_id: IncidentId, *, step: CaseStep, photos: tuple[BlobId, ...] = ()
) -> frozenset[Evidence]:
    """What a case can show already, with photos that come with the step itself. A place found by words alone is no
    position until somebody has been there. Raises KeyError when the picture does not know the incident."""
    found = {_SHOWN[one.kind] for one in evidence_of(picture, incident_id) if one.kind in _SHOWN}
    if photos:
        found.add(Evidence.PHOTO_BEFORE if step is CaseStep.REGISTER else Evidence.PHOTO_AFTER)
    state = picture.incidents.states[incident_id]
    orders = (picture.orders[order_id] for order_id in state.order_ids if order_id in picture.orders)
    was_reached = any(one.what == AssignmentState.ON_SCENE.value for order in orders for one in order.timeline)
    if not state.incident.is_place_approximate or was_reached:
        found.add(Evidence.POSITION)
    return frozenset(found)


def unticked(wanted: Asked, ticked: tuple[str, ...]) -> str | None:
    """The first condition that was not ticked."""
    return next((condition for condition in wanted.conditions if condition not in ticked), None)


def unshown(wanted: Asked, has: frozenset[Evidence]) -> tuple[Evidence, ...]:
    """What evidence is missing."""
    return tuple(each for each in wanted.evidence if each not in has)
