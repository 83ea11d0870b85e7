"""What a gateway that was killed left open: at a start nobody is connected, nobody talks, nobody watches."""

from comms.domain.ad_hoc import AdHocEnd
from comms.domain.call import CallEnd, CallPhase, TalkEnd
from comms.domain.events import (
    CallEnded,
    Event,
    FaultNoted,
    OfficerSignedOff,
    TalkEnded,
    TalkgroupDissolved,
    TerminalDisconnected,
    VideoEnded,
)
from comms.domain.picture import Picture
from comms.domain.video import VideoEnd, VideoPhase


def restart_events(picture: Picture, *, terminals_stay: bool = False, fault: str | None = None) -> list[Event]:
    """`terminals_stay`: they come at once, and who does not is told of afterwards (`Presence.reconcile`). `fault` is
    what it starts with."""
    events: list[Event] = []
    kept = {talkgroup_id for run in picture.plans.running() for talkgroup_id in run.talkgroup_ids}
    """Talkgroups of plans go on as long as their plans do."""
    for talkgroup_id, group in picture.talkgroups.items():
        if group.burst_id is not None and group.call_id is not None:
            events.append(
                TalkEnded(
                    call_id=group.call_id,
                    burst_id=group.burst_id,
                    talkgroup_id=talkgroup_id,
                    end=TalkEnd.MEDIA_LOST,
                )
            )
    events.extend(
        CallEnded(call_id=call_id, end=CallEnd.GATEWAY_RESTARTED)
        for call_id, call in picture.calls.items()
        if call.phase is not CallPhase.ENDED
    )
    events.extend(
        TalkgroupDissolved(talkgroup_id=talkgroup_id, end=AdHocEnd.GATEWAY_RESTARTED)
        for talkgroup_id, group in picture.talkgroups.items()
        if group.ad_hoc is not None and talkgroup_id not in kept
    )
    events.extend(
        VideoEnded(video_id=video_id, end=VideoEnd.GATEWAY_RESTARTED)
        for video_id, video in picture.videos.items()
        if video.phase is not VideoPhase.ENDED
    )
    gone = () if terminals_stay else picture.units.items()
    events.extend(TerminalDisconnected(unit_id=unit_id) for unit_id, unit in gone if unit.is_online)
    events.extend(
        OfficerSignedOff(officer_id=officer_id)
        for officer_id, officer in picture.officers.items()
        if officer.is_on_duty
    )
    events.extend(FaultNoted(code=code, is_over=True) for code in picture.faults)
    if fault is not None:
        events.append(FaultNoted(code=fault))
    return events
