"""What officers are told of sources that are asked: why one is silent, when that is over, what it closed there."""

import pytest

from comms.adapters.open311_peer import Trouble
from comms.domain.events import Event, FaultNoted, IncidentReported, Recorded
from comms.domain.ids import GATEWAY, JurisdictionId, SourceId, source_party
from comms.domain.incident import Incident, Origin
from comms.domain.order import Place
from comms.domain.source import Source, SourceDefined
from comms.domain.work_order import WorkOrderAtSource
from comms.gateway.alarm_conditions import fault
from comms.protocol.errors import Locale
from console.store.store import Store
from ui.alarm.words import sentence
from ui.sentences import tell
from ui.text import Texts, catalogue

CITY, TOWN = SourceId("city"), JurisdictionId("441900/s01")
ORIGIN = Origin(source=CITY, source_id="T-1")


@pytest.fixture
def store() -> Store:
    made = Store(now=lambda: 0.0)
    source = Source(id=CITY, name="市 311 平台", jurisdiction_id=TOWN)
    place = Place(lat=23.0, lon=113.7)
    incident = Incident(id=ORIGIN.incident_id, kind="井盖缺失", place=place, jurisdiction_id=TOWN, origin=ORIGIN)
    events: tuple[Event, ...] = (SourceDefined(source=source), IncidentReported(incident=incident))
    for seq, event in enumerate(events, 1):
        made.picture.apply(Recorded(seq=seq, at=0.0, actor=GATEWAY, event=event))
    return made


@pytest.mark.parametrize("locale", list(Locale))
def test_every_trouble_has_its_sentence_and_its_reason(locale: Locale, store: Store) -> None:
    text = Texts(locale)
    for trouble in Trouble:
        code = f"source_{trouble.value}/{CITY}"
        assert text("fault.other", code=code, detail="平台") != sentence(fault(code, "平台"), store, text)
        assert "平台" in sentence(fault(code, "平台"), store, text)
        assert catalogue(locale)[f"why.source_{trouble.value}"]


def test_the_duty_log_says_when_it_is_silent_when_that_is_over_and_what_was_closed_there(store: Store) -> None:
    text = Texts()

    def said(event: Event) -> str:
        found = tell(Recorded(seq=9, at=0.0, actor=source_party(CITY), event=event), store, text)
        assert found is not None
        return found.read(text)

    code = f"source_certificate/{CITY}"
    assert said(FaultNoted(code=code, detail="市 311 平台")) == "来源 市 311 平台 的工单取不到：证书不可信"
    assert said(FaultNoted(code=code, detail="市 311 平台", is_over=True)) == "来源 市 311 平台 已恢复，工单补取完毕"
    closed = WorkOrderAtSource(incident_id=ORIGIN.incident_id, is_closed=True, note="已补盖")
    assert said(closed) == "市 311 平台 已在来源结案“井盖缺失”：已补盖"
    without_words = WorkOrderAtSource(incident_id=ORIGIN.incident_id, is_closed=True)
    assert said(without_words) == "市 311 平台 已在来源结案“井盖缺失”"
    opened = WorkOrderAtSource(incident_id=ORIGIN.incident_id, is_closed=False, note="又坏了")
    assert said(opened) == "市 311 平台 在来源重新打开“井盖缺失”"
