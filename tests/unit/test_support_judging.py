"""From figures to what is told: each thing good, to be looked at or to be acted on, never without what to do."""

import msgspec
import pytest

from comms.protocol.errors import Locale
from comms.protocol.health import GatewayHealth
from console.support.judging import DAY_S, HOUR_S, DeskFigures, Grade, Topic, judge
from tests.support.scene import NOW, WELL
from ui.text import catalogue

FINE = DeskFigures(is_online=True, latency_ms=12.0, is_media_up=True, clock_offset_s=0.2)
AWAY = DeskFigures(is_online=False, losses=3)


def grades(desk: DeskFigures, gateway: GatewayHealth | None) -> dict[Topic, Grade]:
    return {finding.topic: finding.grade for finding in judge(desk, gateway)}


def test_all_is_well() -> None:
    assert set(grades(FINE, WELL).values()) == {Grade.GOOD}
    assert list(grades(FINE, WELL)) == list(Topic)


@pytest.mark.parametrize(
    ("changes", "topic", "grade"),
    [
        ({"is_failing": True}, Topic.GATEWAY, Grade.ACT),
        ({"late_ms": 150.0}, Topic.GATEWAY, Grade.LOOK),
        ({"late_ms": 1500.0}, Topic.GATEWAY, Grade.ACT),
        ({"disk_free_bytes": 40_000_000_000}, Topic.STORAGE, Grade.LOOK),
        ({"disk_free_bytes": 4_000_000_000}, Topic.STORAGE, Grade.ACT),
        ({"disk_bytes": 0, "disk_free_bytes": 0}, Topic.STORAGE, Grade.ACT),
        ({"backup_at": None}, Topic.BACKUP, Grade.ACT),
        ({"backup_at": NOW - 3 * DAY_S}, Topic.BACKUP, Grade.LOOK),
        ({"backup_at": NOW - 30 * DAY_S}, Topic.BACKUP, Grade.ACT),
        ({"anchor_at": NOW - 3 * HOUR_S}, Topic.ANCHOR, Grade.LOOK),
        ({"anchor_at": None}, Topic.ANCHOR, Grade.ACT),
        ({"anchor_at": None, "started_at": NOW - 30}, Topic.ANCHOR, Grade.UNKNOWN),
        ({"anchor_fault": True}, Topic.ANCHOR, Grade.ACT),
        ({"certificate_until": NOW + 20 * DAY_S}, Topic.CERTIFICATE, Grade.LOOK),
        ({"certificate_until": NOW + DAY_S}, Topic.CERTIFICATE, Grade.ACT),
        ({"certificate_until": NOW - 1}, Topic.CERTIFICATE, Grade.ACT),
        ({"certificate_until": None}, Topic.CERTIFICATE, Grade.UNKNOWN),
    ],
)
def test_of_the_gateway(changes: dict[str, object], topic: Topic, grade: Grade) -> None:
    found = grades(FINE, msgspec.structs.replace(WELL, **changes))
    assert found.pop(topic) is grade
    assert set(found.values()) == {Grade.GOOD}


@pytest.mark.parametrize(
    ("changes", "topic", "grade"),
    [
        ({"stall_ms": 400.0, "stalls": 1}, Topic.DESK, Grade.LOOK),
        ({"stall_ms": 4000.0, "stalls": 2}, Topic.DESK, Grade.ACT),
        ({"microphone_fault": "busy"}, Topic.SOUND, Grade.ACT),
        ({"speaker_fault": "none"}, Topic.SOUND, Grade.ACT),
        ({"media_fault": "no_path"}, Topic.SOUND, Grade.ACT),
        ({"is_media_up": False}, Topic.SOUND, Grade.LOOK),
        ({"latency_ms": 200.0}, Topic.NETWORK, Grade.LOOK),
        ({"latency_ms": 900.0}, Topic.NETWORK, Grade.ACT),
        ({"losses": 3}, Topic.NETWORK, Grade.LOOK),
        ({"latency_ms": None}, Topic.NETWORK, Grade.UNKNOWN),
        ({"clock_offset_s": -30.0}, Topic.CLOCK, Grade.LOOK),
        ({"clock_offset_s": 300.0}, Topic.CLOCK, Grade.ACT),
        ({"clock_offset_s": None}, Topic.CLOCK, Grade.UNKNOWN),
    ],
)
def test_of_the_desk(changes: dict[str, object], topic: Topic, grade: Grade) -> None:
    found = grades(msgspec.structs.replace(FINE, **changes), WELL)
    assert found.pop(topic) is grade
    assert set(found.values()) == {Grade.GOOD}


def test_a_gateway_that_is_away_says_nothing_of_itself() -> None:
    found = grades(AWAY, None)
    assert (found[Topic.GATEWAY], found[Topic.NETWORK]) == (Grade.ACT, Grade.ACT)
    assert {found[topic] for topic in (Topic.CERTIFICATE, Topic.STORAGE, Topic.BACKUP, Topic.ANCHOR)} == {Grade.UNKNOWN}
    assert grades(FINE, None)[Topic.GATEWAY] is Grade.UNKNOWN


@pytest.mark.parametrize("locale", list(Locale))
def test_whatever_is_not_well_says_what_to_do(locale: Locale) -> None:
    texts = catalogue(locale)
    bad = msgspec.structs.replace(
        WELL, late_ms=5000.0, disk_free_bytes=1, backup_at=None, anchor_at=None, certificate_until=NOW - 1
    )
    failing = msgspec.structs.replace(bad, is_failing=True, anchor_fault=True)
    faulty = [msgspec.structs.replace(FINE, **{name: "x"}) for name in ("microphone_fault", "speaker_fault")]
    slow = msgspec.structs.replace(FINE, media_fault="x", stall_ms=9e3, latency_ms=9e3, clock_offset_s=9e3)
    pairs = [(desk, gateway) for desk in (FINE, AWAY, slow, *faulty) for gateway in (None, WELL, bad, failing)]
    for finding in [found for desk, gateway in pairs for found in judge(desk, gateway)]:
        assert texts[f"support.{finding.words}"].format(**finding.values)
        assert bool(finding.advice) is (finding.grade in (Grade.LOOK, Grade.ACT))
        assert not finding.advice or texts[f"support.advice.{finding.advice}"]
