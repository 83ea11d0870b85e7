"""From figures to what an administrator is told: all well, look at it, or act; and what to do, a sentence each."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from comms.protocol.health import GatewayHealth

Values = dict[str, str | int | float]
DAY_S, HOUR_S, MINUTE_S = 86_400.0, 3_600.0, 60.0
SLOW_MS, VERY_SLOW_MS = 150.0, 500.0
"""Of a round trip: beyond the first press-to-talk feels late, beyond the second one talks over each other."""
LATE_MS, VERY_LATE_MS = 100.0, 1000.0
STALL_MS, LONG_STALL_MS = 250.0, 2000.0
CLOCK_S, CLOCK_FAR_S = 2.0, 60.0
FREE_SHARE, LITTLE_SHARE = 0.10, 0.03
BACKUP_OLD_S, BACKUP_VERY_OLD_S = 1.5 * DAY_S, 7 * DAY_S
FIRST_ANCHOR_S = 2 * MINUTE_S
ANCHOR_OLD_S, ANCHOR_VERY_OLD_S = 2 * HOUR_S, DAY_S
CERTIFICATE_SOON_S, CERTIFICATE_NOW_S = 30 * DAY_S, 7 * DAY_S


class Topic(StrEnum):
    GATEWAY = "gateway"
    DESK = "desk"
    SOUND = "sound"
    NETWORK = "network"
    CLOCK = "clock"
    CERTIFICATE = "certificate"
    STORAGE = "storage"
    BACKUP = "backup"
    ANCHOR = "anchor"


class Grade(StrEnum):
    GOOD = "good"
    LOOK = "look"
    ACT = "act"
    UNKNOWN = "unknown"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """`words` and `advice` are ends of text keys; a good one has no advice."""

    topic: Topic
    grade: Grade
    words: str
    values: Values = {}
    advice: str = ""


class DeskFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What a desk knows of itself. `losses` counts how often the connection was lost since the window opened,
    `stall_ms` is the longest time its screen stood still in the last ten minutes, `stalls` how often it did."""

    is_online: bool
    latency_ms: float | None = None
    losses: int = 0
    stall_ms: float = 0.0
    stalls: int = 0
    is_media_up: bool = False
    media_fault: str = ""
    microphone_fault: str = ""
    speaker_fault: str = ""
    clock_offset_s: float | None = None


def judge(desk: DeskFigures, gateway: GatewayHealth | None) -> tuple[Finding, ...]:
    """`gateway` is None while it has not answered."""
    return (*_here(desk, gateway), *(_there(gateway) if gateway is not None else _not_told()))


def _grade(value: float, look: float, act: float) -> Grade:
    return Grade.ACT if value >= act else Grade.LOOK if value >= look else Grade.GOOD


def _finding(topic: Topic, grade: Grade, words: str, advice: str = "", **values: str | int | float) -> Finding:
    shown = advice if grade in (Grade.LOOK, Grade.ACT) else ""
    return Finding(topic=topic, grade=grade, words=f"{topic.value}.{words}", values=values, advice=shown)


def _here(desk: DeskFigures, gateway: GatewayHealth | None) -> Iterator[Finding]:
    yield _gateway(desk, gateway)
    stall = _grade(desk.stall_ms, STALL_MS, LONG_STALL_MS)
    yield _finding(Topic.DESK, stall, "stalls", "desk", ms=round(desk.stall_ms), count=desk.stalls)
    yield _sound(desk)
    yield _network(desk)
    if desk.clock_offset_s is None:
        yield _finding(Topic.CLOCK, Grade.UNKNOWN, "unknown")
    else:
        grade = _grade(abs(desk.clock_offset_s), CLOCK_S, CLOCK_FAR_S)
        yield _finding(Topic.CLOCK, grade, "offset", "clock", seconds=round(desk.clock_offset_s, 1) + 0.0)


def _gateway(desk: DeskFigures, gateway: GatewayHealth | None) -> Finding:
    if gateway is None:
        grade = Grade.UNKNOWN if desk.is_online else Grade.ACT
        return _finding(Topic.GATEWAY, grade, "asking" if desk.is_online else "away", "away")
    if gateway.is_failing:
        return _finding(Topic.GATEWAY, Grade.ACT, "failing", "failing")
    grade = _grade(gateway.late_ms, LATE_MS, VERY_LATE_MS)
    values: Values = {
        "version": gateway.version,
        "hours": round((gateway.now - gateway.started_at) / HOUR_S, 1),
        "ms": round(gateway.late_ms),
        "desks": gateway.desks,
        "terminals": gateway.terminals,
    }
    return _finding(Topic.GATEWAY, grade, "runs", "late", **values)


def _sound(desk: DeskFigures) -> Finding:
    if desk.microphone_fault:
        return _finding(Topic.SOUND, Grade.ACT, "microphone", "microphone", code=desk.microphone_fault)
    if desk.speaker_fault:
        return _finding(Topic.SOUND, Grade.ACT, "speaker", "speaker", code=desk.speaker_fault)
    if desk.media_fault:
        return _finding(Topic.SOUND, Grade.ACT, "path", "path", code=desk.media_fault)
    return _finding(
        Topic.SOUND, Grade.GOOD if desk.is_media_up else Grade.LOOK, "up" if desk.is_media_up else "down", "path"
    )


def _network(desk: DeskFigures) -> Finding:
    if not desk.is_online or desk.latency_ms is None:
        grade = Grade.UNKNOWN if desk.is_online else Grade.ACT
        return _finding(Topic.NETWORK, grade, "unknown" if desk.is_online else "away", "network", count=desk.losses)
    grade = _grade(desk.latency_ms, SLOW_MS, VERY_SLOW_MS)
    if grade is Grade.GOOD and desk.losses > 2:
        grade = Grade.LOOK
    return _finding(Topic.NETWORK, grade, "trip", "network", ms=round(desk.latency_ms), count=desk.losses)


def _there(gateway: GatewayHealth) -> Iterator[Finding]:
    yield _certificate(gateway)
    share = gateway.disk_free_bytes / max(1, gateway.disk_bytes)
    grade = _grade(-share, -FREE_SHARE, -LITTLE_SHARE)
    values: Values = {"free": round(gateway.disk_free_bytes / 1e9, 1), "percent": round(100 * share)}
    yield _finding(Topic.STORAGE, grade, "free", "storage", **values)
    yield _age(Topic.BACKUP, gateway.backup_at, gateway.now, BACKUP_OLD_S, BACKUP_VERY_OLD_S)
    if gateway.anchor_fault:
        yield _finding(Topic.ANCHOR, Grade.ACT, "fault", "anchor_fault")
    elif gateway.anchor_at is None and gateway.now - gateway.started_at < FIRST_ANCHOR_S:
        yield _finding(Topic.ANCHOR, Grade.UNKNOWN, "never")
    else:
        yield _age(Topic.ANCHOR, gateway.anchor_at, gateway.now, ANCHOR_OLD_S, ANCHOR_VERY_OLD_S)


def _certificate(gateway: GatewayHealth) -> Finding:
    if gateway.certificate_until is None:
        return _finding(Topic.CERTIFICATE, Grade.UNKNOWN, "none")
    left_s = gateway.certificate_until - gateway.now
    if left_s <= 0:
        return _finding(Topic.CERTIFICATE, Grade.ACT, "over", "certificate")
    grade = _grade(-left_s, -CERTIFICATE_SOON_S, -CERTIFICATE_NOW_S)
    return _finding(Topic.CERTIFICATE, grade, "days", "certificate", days=int(left_s // DAY_S))


def _age(topic: Topic, at: float | None, now: float, old_s: float, very_old_s: float) -> Finding:
    if at is None:
        return _finding(topic, Grade.ACT, "never", topic.value)
    age_s = max(0.0, now - at)
    grade = _grade(age_s, old_s, very_old_s)
    if age_s >= 2 * DAY_S:
        return _finding(topic, grade, "days", topic.value, days=int(age_s // DAY_S))
    if age_s >= 2 * HOUR_S:
        return _finding(topic, grade, "hours", topic.value, hours=int(age_s // HOUR_S))
    return _finding(topic, grade, "minutes", topic.value, minutes=int(age_s // MINUTE_S))


def _not_told() -> Iterator[Finding]:
    for topic in (Topic.CERTIFICATE, Topic.STORAGE, Topic.BACKUP, Topic.ANCHOR):
        yield _finding(topic, Grade.UNKNOWN, "unknown")
