"""The review (复盘) of a drill as values: time line, findings, score, improvement actions, from its record alone.

Words are by locale where the scenario or the score has them so; everything else is a key and its values, read in the
language of whoever asks (`ui.drill.aar`)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

import msgspec

from comms.domain import drill_events as dr
from comms.domain import events as ev
from comms.domain.drill_book import DrillNote, Improvement
from comms.domain.events import Recorded
from comms.domain.expectation_watch import Nearest, Outcome
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged
from comms.domain.ids import IncidentId, OfficerId, PartyId, UnitId, officer_party, party_officer, party_unit
from comms.domain.incident import Incident
from comms.domain.inject import Words, words_of
from comms.domain.plan import said
from comms.domain.plan_events import PlanStarted
from comms.domain.scenario import RoleKind, Scenario
from comms.domain.score import Reading, Score, read_drill
from comms.domain.score_line import ScoreLine, Verdict
from console.drill.beats import Beat, beats_of
from console.drill.entry import Entry, EntryKind, keyed
from console.drill.proof import plain_entry

MOST_FINDINGS = 6
"""Of each kind: a review that says everything is read by nobody."""
MOST_ENTRIES = 400


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """An incident on the map: since which Unix second, where, and who was sent to it by when."""

    at: float
    kind: str
    lat: float
    lon: float
    sent: tuple[tuple[float, UnitId], ...] = ()


class Spoken(msgspec.Struct, frozen=True, kw_only=True):
    """Words that somebody said, as they were written down: since which Unix second, and by whom."""

    at: float
    by: str
    words: str


class FindingKind(StrEnum):
    STRENGTH = "strength"
    WEAKNESS = "weakness"
    CONDUCT = "conduct"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a line of the score means for the next time."""

    kind: FindingKind
    line: ScoreLine


class Bin(msgspec.Struct, frozen=True):
    """What happened within one stretch of the drill, by kind."""

    from_s: float
    counts: dict[str, int]


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a report says. `carried` are improvement actions of earlier drills that came along."""

    scenario: Scenario
    score: Score
    entries: tuple[Entry, ...]
    bins: tuple[Bin, ...]
    findings: tuple[Finding, ...]
    notes: tuple[DrillNote, ...]
    improvements: tuple[Improvement, ...]
    happenings: tuple[Happening, ...]
    names: dict[str, str]
    """Of parties and units, as the journal had them at the end."""
    starts_at: float = 0.0
    """The Unix second that `at_s` counts from."""
    beats: tuple[Beat, ...] = ()
    evidence: dict[int, Entry] = {}
    """What the lines of the score rest on, by its number in the journal."""
    staff: tuple[PartyId, ...] = ()
    """Trainers and observers of it: who may rate, note and settle."""
    spoken: tuple[Spoken, ...] = ()
    """What was said, where it was written down."""
    left_out: int = 0
    """Entries beyond what a time line shows."""

    @property
    def own(self) -> tuple[Improvement, ...]:
        return tuple(each for each in self.improvements if not each.raised.from_drill)

    @property
    def carried(self) -> tuple[Improvement, ...]:
        return tuple(each for each in self.improvements if each.raised.from_drill)


def review_of(
    scenario: Scenario,
    records: Iterable[Recorded],
    *,
    nearest: Nearest | None = None,
    spoken: Sequence[Spoken] = (),
) -> Review:
    """`records` are the whole journal. Raises NoDrillError. Takes a second for 20,000 events: call it on a thread."""
    known = list(records)
    reading = read_drill(scenario, known, nearest=nearest)
    names = _names(reading)
    entries = sorted((*_told(scenario, known, reading, names), *_missed(scenario, reading)), key=lambda one: one.at_s)
    return Review(
        scenario=scenario,
        score=reading.score,
        entries=tuple(entries[:MOST_ENTRIES]),
        left_out=max(0, len(entries) - MOST_ENTRIES),
        bins=_bins(entries, reading.score.ended_at - reading.drill.starts_at),
        findings=findings_of(reading.score),
        notes=tuple(reading.drill.notes),
        improvements=tuple(reading.drill.improvements.values()),
        happenings=tuple(_happenings(known, reading)),
        names=names,
        starts_at=reading.drill.starts_at,
        beats=beats_of(scenario, reading, names),
        evidence=_evidence(scenario, known, reading, names),
        staff=_staff(scenario, reading),
        spoken=tuple(spoken) or tuple(_spoken(known, reading, names)),
    )


def _spoken(records: Iterable[Recorded], reading: Reading, names: dict[str, str]) -> Iterator[Spoken]:
    """What the record itself has in words, since the drill began."""
    for recorded in records:
        if isinstance(recorded.event, dr.TalkWritten) and recorded.at >= reading.drill.starts_at:
            talker = recorded.event.talker
            yield Spoken(at=recorded.at, by=names.get(talker, talker), words=recorded.event.words)


def _evidence(
    scenario: Scenario, records: Iterable[Recorded], reading: Reading, names: dict[str, str]
) -> dict[int, Entry]:
    wanted = {seq for each in reading.score.lines for seq in each.evidence}
    return {
        recorded.seq: _placed(
            _entry(scenario, recorded, reading, names) or plain_entry(recorded, names), recorded, reading, names
        )
        for recorded in records
        if recorded.seq in wanted
    }


def _staff(scenario: Scenario, reading: Reading) -> tuple[PartyId, ...]:
    """The scenario's own first, then who took such a seat."""
    watching = {role.id for role in scenario.roles if role.kind is not RoleKind.TRAINEE}
    own = [OfficerId(role.officer) for role in scenario.roles if role.officer and role.kind is not RoleKind.TRAINEE]
    sat = [one for one, role in reading.drill.roles.items() if role in watching]
    known = (one for one in (*own, *sat) if one in reading.picture.officers)
    return tuple(officer_party(one) for one in dict.fromkeys(known))


def _happenings(records: Iterable[Recorded], reading: Reading) -> Iterable[Happening]:
    sent: dict[IncidentId, list[tuple[float, UnitId]]] = {}
    reported: dict[IncidentId, tuple[float, Incident]] = {}
    for recorded in records:
        if not reading.drill.began_at <= recorded.at <= reading.score.ended_at:
            continue
        match recorded.event:
            case ev.IncidentReported(incident=incident):
                reported[incident.id] = (recorded.at, incident)
            case ev.OrderIssued(order=order) if order.incident_id is not None:
                sent.setdefault(order.incident_id, []).extend((recorded.at, unit_id) for unit_id in order.unit_ids)
            case _:
                pass
    for incident_id, (at, incident) in reported.items():
        place, units = incident.place, tuple(sent.get(incident_id, ()))
        yield Happening(at=at, kind=incident.kind, lat=place.lat, lon=place.lon, sent=units)


def suggested(review: Review, *, by_day: str, locale: str) -> tuple[dr.ImprovementRaised, ...]:
    """An improvement action for each weakness, to be agreed on or not: whose seat it was answers for it. `by_day` is
    when it should be done by (`2026-07-01`)."""
    found = []
    for finding in review.findings:
        if finding.kind is FindingKind.STRENGTH:
            continue
        name = finding.line.id.partition(":")[2]
        expectation = review.scenario.expectation(name)
        seat = review.scenario.role(expectation.role) if expectation is not None and expectation.role else None
        if seat is None:
            seat = next((each for each in review.scenario.roles if each.kind is RoleKind.TRAINEE), None)
        found.append(
            dr.ImprovementRaised(
                improvement_id=f"{review.score.drill_id}/{name}",
                text=said(finding.line.title, locale),
                owner=said(seat.name, locale) if seat is not None else "",
                due=by_day,
                objective=finding.line.objective,
            )
        )
    return tuple(found)


def still_open(reviews: Iterable[Review]) -> tuple[Improvement, ...]:
    """Improvement actions of earlier drills, the oldest first, that no later one has settled."""
    found: dict[str, Improvement] = {}
    for review in sorted(reviews, key=lambda each: each.score.began_at):
        for improvement in review.improvements:
            found[improvement.raised.improvement_id] = improvement
    return tuple(improvement for improvement in found.values() if improvement.is_open)


# --- the time line ------------------------------------------------------------------------------------------


def _names(reading: Reading) -> dict[str, str]:
    picture = reading.picture
    names = {f"officer:{officer.id}": officer.name for officer in picture.officers.values()}
    names |= {f"unit:{state.unit.id}": state.unit.name for state in picture.units.values()}
    names |= {f"group:{group.talkgroup.id}": group.talkgroup.name for group in picture.talkgroups.values()}
    return names


def _told(scenario: Scenario, records: Sequence[Recorded], reading: Reading, names: dict[str, str]) -> Iterable[Entry]:
    began_at, ended_at = reading.drill.began_at, reading.score.ended_at
    for recorded in records:
        if not began_at <= recorded.at <= ended_at:
            continue
        told = _entry(scenario, recorded, reading, names)
        if told is not None:
            yield _placed(told, recorded, reading, names)


def _placed(told: Entry, recorded: Recorded, reading: Reading, names: dict[str, str]) -> Entry:
    return msgspec.structs.replace(
        told, at_s=recorded.at - reading.drill.starts_at, seq=recorded.seq, by=_called(recorded.actor, names)
    )


def _called(party: PartyId, names: dict[str, str]) -> str:
    return names.get(party, party if party_officer(party) or party_unit(party) else "")


def _entry(scenario: Scenario, recorded: Recorded, reading: Reading, names: dict[str, str]) -> Entry | None:
    event = recorded.event
    if isinstance(event, dr.DrillEvent):
        return _of_drill(scenario, event)
    match event:
        case ev.AlarmRaised(alarm=alarm):
            return keyed(EntryKind.ALARM, "alarm", what=alarm.name or alarm.kind.value, words=alarm.sentences)
        case ev.TalkStarted(talkgroup_id=group, talker=talker):
            said_by = names.get(talker, talker)
            return keyed(EntryKind.TALK, "talk", group=names.get(f"group:{group}", group), talker=said_by)
        case ev.OrderAdvanced(unit_id=unit_id, state=state) if state.value in ("refused", "on_scene", "completed"):
            unit = names.get(f"unit:{unit_id}", unit_id)
            return keyed(EntryKind.REPORT, f"order_{state.value}", unit=unit, reason=event.reason)
        case ev.VideoStarted(video=video):
            return keyed(EntryKind.REPORT, "video", unit=names.get(f"unit:{video.unit_id}", video.unit_id))
        case _:
            return _of_desk(recorded, reading, names)


def _of_desk(recorded: Recorded, reading: Reading, names: dict[str, str]) -> Entry | None:
    """What officers did."""
    if party_officer(recorded.actor) is None:
        return None
    match recorded.event:
        case ev.OrderIssued(order=order):
            units = "、".join(names.get(f"unit:{unit_id}", unit_id) for unit_id in order.unit_ids[:4])
            more = f" +{len(order.unit_ids) - 4}" if len(order.unit_ids) > 4 else ""
            return keyed(EntryKind.ACTION, "order", title=order.title, units=units + more)
        case IncidentAcknowledged(incident_id=incident_id):
            return keyed(EntryKind.ACTION, "acknowledged", incident=_kind(incident_id, reading))
        case IncidentMerged(incident_id=incident_id):
            return keyed(EntryKind.ACTION, "merged", incident=_kind(incident_id, reading))
        case ev.IncidentClosed(incident_id=incident_id):
            return keyed(EntryKind.ACTION, "closed", incident=_kind(incident_id, reading))
        case PlanStarted(plan_id=plan_id):
            return keyed(EntryKind.ACTION, "plan", plan=plan_id)
        case ev.AlarmAcknowledged(alarm_ids=alarm_ids):
            return keyed(EntryKind.ACTION, "alarm_acknowledged", count=str(len(alarm_ids)))
        case ev.MarkDrawn() | ev.FenceDrawn():
            return keyed(EntryKind.ACTION, "drawn")
        case ev.NoteAdded(text=text):
            return keyed(EntryKind.ACTION, "noted", text=text)
        case _:
            return None


def _kind(incident_id: IncidentId, reading: Reading) -> str:
    state = reading.picture.incidents.states.get(incident_id)
    return state.incident.kind if state is not None else incident_id


def _of_drill(scenario: Scenario, event: dr.DrillEvent) -> Entry | None:
    match event:
        case dr.InjectFired(inject_id=inject_id):
            inject = scenario.inject(inject_id)
            if inject is None:
                return keyed(EntryKind.INJECT, "inject", title=inject_id)
            return Entry(at_s=0, seq=0, kind=EntryKind.INJECT, words=_both(inject.title, words_of(inject.what)))
        case dr.InjectSkipped(inject_id=inject_id):
            inject = scenario.inject(inject_id)
            entry = keyed(EntryKind.CLOCK, "skipped", title=inject_id)
            return entry if inject is None else msgspec.structs.replace(entry, words=inject.title)
        case dr.DrillNoted(text=text):
            return keyed(EntryKind.NOTE, "trainer_note", text=text)
        case dr.DrillPaused(is_frozen=is_frozen):
            return keyed(EntryKind.CLOCK, "frozen" if is_frozen else "paused")
        case dr.DrillResumed():
            return keyed(EntryKind.CLOCK, "resumed")
        case dr.DrillJumped(from_s=from_s, to_s=to_s):
            return keyed(EntryKind.CLOCK, "jumped", minutes=f"{(to_s - from_s) / 60:.1f}")
        case _:
            return None


def _both(title: Words, told: Words) -> Words:
    """Title and what was told, in every language that both have."""
    if isinstance(title, dict) and isinstance(told, dict):
        gaps = {"zh_CN": "：", "en": ": "}
        return {
            key: f"{words}{gaps.get(key, ': ')}{told[key]}" if told.get(key) else words for key, words in title.items()
        }
    return title


def _missed(scenario: Scenario, reading: Reading) -> Iterable[Entry]:
    """When the time for something was up and it had not been done."""
    for expectation in scenario.expectations:
        standing = reading.standings[expectation.id]
        if standing.outcome in (Outcome.MISSED, Outcome.LATE) and standing.due_at is not None:
            at_s = standing.due_at - reading.drill.starts_at
            seq = standing.fired_seq or 0
            yield Entry(at_s=at_s, seq=seq, kind=EntryKind.MISSED, words=expectation.words)


def _bins(entries: Iterable[Entry], length_s: float) -> tuple[Bin, ...]:
    """Stretches of whole minutes, at most thirty of them."""
    minutes = max(1, -(-int(length_s) // 60 // 30))
    counts: dict[int, Counter[str]] = {at: Counter() for at in range(int(length_s // 60 // minutes) + 1)}
    for entry in entries:
        at = int(max(0.0, entry.at_s) // 60 // minutes)
        counts.setdefault(at, Counter())[entry.kind.value] += 1
    return tuple(Bin(at * minutes * 60.0, dict(counts[at])) for at in sorted(counts))


# --- findings -----------------------------------------------------------------------------------------------


def findings_of(score: Score) -> tuple[Finding, ...]:
    """The lines that say most: what weighs most first, what was lost before what was won."""
    expected = [line for line in score.lines if line.objective is not None]
    conduct = [line for line in score.lines if line.objective is None]
    lost = sorted((line for line in expected if line.of > line.points), key=lambda line: line.points - line.of)
    won = sorted((line for line in expected if line.verdict is Verdict.FULL), key=lambda line: -line.of)
    worse = sorted((line for line in conduct if line.of > line.points), key=lambda line: line.points - line.of)
    kinds = ((FindingKind.WEAKNESS, lost), (FindingKind.CONDUCT, worse), (FindingKind.STRENGTH, won))
    return tuple(Finding(kind=kind, line=line) for kind, lines in kinds for line in lines[:MOST_FINDINGS])
