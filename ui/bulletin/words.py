"""Words of figures: what keys are called, counts with their share, findings as sentences."""

from typing import TYPE_CHECKING

from comms.domain.assessment import Dimension, Figure, Figures, Rate
from comms.domain.bulletin import Finding, FindingKind
from comms.domain.case_record import CaseRecord
from comms.domain.ids import DepartmentId, ItemId, JurisdictionId, PartyId
from console.store.store import Store
from ui.case_words import stage_name
from ui.text import Texts
from ui.words import jurisdiction_path, moment, party_name

if TYPE_CHECKING:
    from ui.bulletin.reading import BulletinReading

_PLACES = frozenset({Dimension.TOWN, Dimension.VILLAGE, Dimension.JURISDICTION})
_PEOPLE = frozenset({Dimension.COLLECTOR, Dimension.HANDLER})


def key_name(store: Store, by: Dimension, key: str, text: Texts) -> str:
    picture = store.picture
    if by is Dimension.WHOLE:
        return text("bulletin.whole")
    if not key:
        return text("bulletin.nobody")
    if by is Dimension.DEPARTMENT:
        department = picture.departments.get(DepartmentId(key))
        return department.name if department is not None else key
    if by in _PLACES:
        return jurisdiction_path(picture, JurisdictionId(key)) or key
    if by in _PEOPLE:
        return party_name(store, PartyId(key), text)
    if by is Dimension.ITEM:
        state = picture.items.states.get(ItemId(key))
        return state.item.name if state is not None else key
    return key


def percent(value: float | None) -> str:
    """Two digits after the point, as bulletins have them; a dash where there is nothing to tell it of."""
    return "—" if value is None else f"{value:.2f} %"


def points(value: float | None) -> str:
    return "—" if value is None else f"{value:+.2f}"


def figure_name(figure: Figure | Rate, text: Texts) -> str:
    return text(f"bulletin.figure.{figure.value}")


def finding_sentence(finding: Finding, names: str, text: Texts) -> str:
    """Names the worst, the figures it follows from, and the period before."""
    values = {
        "names": names,
        "part": finding.part,
        "whole": finding.whole,
        "part_before": finding.part_before,
        "whole_before": finding.whole_before,
    }
    if finding.kind is FindingKind.FALLEN:
        now, before = (
            Figures(on_time=part, due=whole).pct(Rate.ON_TIME)
            for part, whole in ((finding.part, finding.whole), (finding.part_before, finding.whole_before))
        )
        values |= {"now": percent(now), "before": percent(before)}
    return text(f"bulletin.finding.{finding.kind.value}", **values)


def finding_sentences(reading: "BulletinReading", text: Texts) -> tuple[str, ...]:
    """At most three are named where several are equal."""
    return tuple(
        finding_sentence(finding, text("bulletin.and").join(map(reading.name_of, finding.keys[:3])), text)
        for finding in reading.findings
    )


def case_title(store: Store, record: CaseRecord, text: Texts) -> str:
    return f"{record.kind} · {stage_name(record.stage, text)}"


def case_detail(store: Store, record: CaseRecord, now: float, text: Texts) -> str:
    parts = [
        moment(record.counted_at, now),
        jurisdiction_path(store.picture, record.jurisdiction_id),
        key_name(store, Dimension.DEPARTMENT, record.department, text) if record.department else "",
        text("bulletin.due_at", at=moment(record.due_at, now)) if record.due_at is not None else "",
    ]
    return "  ".join(filter(None, parts))
