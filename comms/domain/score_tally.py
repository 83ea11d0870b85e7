"""What the record of a drill says about trainees' conduct, counted in one pass; `score` makes lines of it. Pure."""

from typing import NamedTuple

import msgspec

from comms.domain import drill_events as dr
from comms.domain import events as ev
from comms.domain.call import Call, CallEnd, CallKind, TalkEnd
from comms.domain.case import CaseMoved
from comms.domain.drill_book import DrillState
from comms.domain.drill_seats import Seats
from comms.domain.hub_events import IncidentAcknowledged, IncidentMerged
from comms.domain.ids import AlarmId, BurstId, CallId, IncidentId, OfficerId, PartyId, TalkgroupId, party_unit
from comms.domain.picture import Picture
from comms.domain.plan_book import PlanRun
from comms.domain.plan_events import PlanStarted

FORCED_ENDS = frozenset({TalkEnd.REVOKED_TOO_LONG, TalkEnd.REVOKED_PREEMPTED})
UNANSWERED_ENDS = frozenset({CallEnd.NO_ANSWER, CallEnd.REJECTED, CallEnd.BUSY, CallEnd.CANCELLED})


class Moment(NamedTuple):
    """When and where in the journal; `by` is the trainee who did it, None where nobody of them did."""

    at: float
    seq: int
    by: OfficerId | None = None


class IncidentTimes(msgspec.Struct, kw_only=True):
    reported: Moment
    acknowledged: Moment | None = None
    ordered: Moment | None = None


class AlarmTimes(msgspec.Struct, kw_only=True):
    raised: Moment
    acknowledged: Moment | None = None


class Burst(msgspec.Struct, kw_only=True):
    talkgroup_id: TalkgroupId
    talker: PartyId
    began: Moment
    ended: Moment | None = None
    end: TalkEnd | None = None

    def lasts_s(self, until: float) -> float:
        return (self.ended.at if self.ended is not None else until) - self.began.at


class Ring(msgspec.Struct, kw_only=True):
    """A unit's point call to the desk: to one officer (`began.by`), or to whoever answers."""

    call: Call
    began: Moment
    answered: Moment | None = None
    end: CallEnd | None = None

    @property
    def is_unanswered(self) -> bool:
        return self.answered is None and self.end in UNANSWERED_ENDS


class Tally(msgspec.Struct, kw_only=True):
    """Times are Unix seconds of the drill clock; `jumps` are what the clock passed over."""

    began_at: float = 0.0
    ended_at: float = 0.0
    incidents: dict[IncidentId, IncidentTimes] = {}
    alarms: dict[AlarmId, AlarmTimes] = {}
    bursts: dict[BurstId, Burst] = {}
    rings: dict[CallId, Ring] = {}
    overdue: list[Moment] = []
    notes: list[Moment] = []
    refusals: list[Moment] = []
    runs: dict[str, PlanRun] = {}
    orders: list[Moment] = []
    jumps: list[tuple[float, float]] = []

    def between_s(self, start: float, end: float) -> float:
        """Seconds from one moment to another without what the clock jumped over."""
        jumped = (max(0.0, min(end, to_at) - max(start, from_at)) for from_at, to_at in self.jumps)
        return max(0.0, end - start - sum(jumped))

    @property
    def length_s(self) -> float:
        return self.between_s(self.began_at, self.ended_at)


class TallyKeeper:
    """Feed it every record after the picture has taken it; only what lies between the drill's beginning and its end
    counts."""

    def __init__(self, seats: Seats) -> None:
        self.tally = Tally()
        self._seats = seats

    def feed(self, recorded: ev.Recorded, picture: Picture) -> None:
        drill = picture.drill.state
        event = recorded.event
        if drill is None:
            return
        if isinstance(event, dr.DrillEvent):
            self._drill(event, recorded)
            return
        if not drill.is_running:
            return
        self.tally.ended_at = recorded.at
        moment = Moment(recorded.at, recorded.seq, self._seats.trainee(recorded.actor, drill))
        for keep in (self._incident, self._alarm, self._voice, self._work):
            keep(event, moment, picture)
        if isinstance(event, ev.CallStarted | ev.CallAnswered | ev.CallEnded):
            self._ring(event, moment, drill)

    def _drill(self, event: dr.DrillEvent, recorded: ev.Recorded) -> None:
        match event:
            case dr.DrillBegan(goes_on=True):
                pass
            case dr.DrillBegan():
                self.tally = Tally(began_at=recorded.at, ended_at=recorded.at)
            case dr.DrillJumped() if event.to_s > event.from_s:
                self.tally.jumps.append((recorded.at, recorded.at + event.to_s - event.from_s))
            case dr.DrillJumped() if self.tally.jumps:
                began_at, meant_at = self.tally.jumps[-1]  # it was stopped on its way
                self.tally.jumps[-1] = began_at, max(began_at, meant_at + event.to_s - event.from_s)
            case dr.DrillEnded():
                self.tally.ended_at = recorded.at
            case _:
                pass

    def _incident(self, event: ev.Event, moment: Moment, picture: Picture) -> None:
        """Whoever acts upon an incident has taken note of it, and of those it carries."""
        match event:
            case ev.IncidentReported(incident=incident):
                own = None if moment.by is None else moment  # a trainee's own report needs no acknowledgement
                self.tally.incidents[incident.id] = IncidentTimes(reported=moment, acknowledged=own)
            case IncidentAcknowledged() | CaseMoved() | ev.IncidentClosed() | PlanStarted() | IncidentMerged():
                self._took_note(event.incident_id, moment, picture)
            case ev.OrderIssued(order=order):
                if moment.by is not None:
                    self.tally.orders.append(moment)
                if order.incident_id is not None:
                    self._took_note(order.incident_id, moment, picture)
                    self._ordered(order.incident_id, moment, picture)
            case _:
                pass

    def _took_note(self, incident_id: IncidentId, moment: Moment, picture: Picture) -> None:
        for one in _carried(incident_id, picture):
            times = self.tally.incidents.get(one)
            if times is not None and times.acknowledged is None and moment.by is not None:
                times.acknowledged = moment

    def _ordered(self, incident_id: IncidentId, moment: Moment, picture: Picture) -> None:
        for one in _carried(incident_id, picture):
            times = self.tally.incidents.get(one)
            if times is not None and times.ordered is None and moment.by is not None:
                times.ordered = moment

    def _alarm(self, event: ev.Event, moment: Moment, picture: Picture) -> None:
        match event:
            case ev.AlarmRaised(alarm=alarm):
                self.tally.alarms[alarm.id] = AlarmTimes(raised=moment)
            case ev.AlarmAcknowledged(alarm_ids=alarm_ids):
                for alarm_id in alarm_ids:
                    times = self.tally.alarms.get(alarm_id)
                    if times is not None and times.acknowledged is None and moment.by is not None:
                        times.acknowledged = moment
            case _:
                pass

    def _voice(self, event: ev.Event, moment: Moment, picture: Picture) -> None:
        match event:
            case ev.TalkStarted():
                drill = picture.drill.state
                by = self._seats.trainee(event.talker, drill) if drill is not None else None
                burst = Burst(talkgroup_id=event.talkgroup_id, talker=event.talker, began=moment._replace(by=by))
                self.tally.bursts[event.burst_id] = burst
            case ev.TalkEnded():
                known = self.tally.bursts.get(event.burst_id)
                if known is not None:
                    known.ended, known.end = moment, event.end
            case _:
                pass

    def _work(self, event: ev.Event, moment: Moment, picture: Picture) -> None:
        match event:
            case ev.OrderOverdue():
                self.tally.overdue.append(moment)
            case ev.NoteAdded() if moment.by is not None:
                self.tally.notes.append(moment)
            case ev.CommandRefused() if moment.by is not None:
                self.tally.refusals.append(moment)
            case PlanStarted(run_id=run_id):
                self.tally.runs[run_id] = picture.plans.runs[run_id]
            case _:
                pass

    def _ring(self, event: ev.CallStarted | ev.CallAnswered | ev.CallEnded, moment: Moment, drill: DrillState) -> None:
        if isinstance(event, ev.CallStarted):
            call = event.call
            officer = None if call.callee is None else self._seats.trainee(call.callee, drill)
            is_for_desk = call.kind is CallKind.POINT and party_unit(call.caller) is not None
            if is_for_desk and (officer is not None or call.callee is None):
                self.tally.rings[call.id] = Ring(call=call, began=moment._replace(by=officer))
            return
        ring = self.tally.rings.get(event.call_id)
        if ring is None:
            return
        if isinstance(event, ev.CallAnswered):
            ring.answered = moment
        else:
            ring.end = event.end


def _carried(incident_id: IncidentId, picture: Picture) -> tuple[IncidentId, ...]:
    """The incident, what carries it, and what it carries."""
    state = picture.incidents.states.get(incident_id)
    if state is None:
        return (incident_id,)
    main = (state.merge.into,) if state.merge is not None else ()
    return (incident_id, *main, *state.merged_ids)
