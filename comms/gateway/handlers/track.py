"""Where units went: pages of tracks, and the days there are any of."""

from comms.domain.track import thinned
from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import TrackDay, TrackDayList, TrackPage, UnitTrack
from comms.protocol.track_chunk import encode_chunk, rows_of
from comms.protocol.track_commands import LONGEST_TRACK_S, TrackDays, TrackRead

PAGE_BYTES = 400_000
PAGE_UNITS = 40
"""Enough for a page: what an officer asked for elsewhere must not wait behind it."""


async def read(gateway: Gateway, session: Session, command: TrackRead) -> TrackPage | Refusal:
    if not 0 < command.to_at - command.from_at <= LONGEST_TRACK_S or command.first >= len(command.unit_ids):
        return Refusal(RefusalCode.MALFORMED)
    found: list[UnitTrack] = []
    size = 0
    for unit_id in command.unit_ids[command.first : command.first + PAGE_UNITS]:
        track = await gateway.tracks.read(unit_id, from_at=command.from_at, to_at=command.to_at)
        if command.most_readings is not None:
            track = thinned(track, command.most_readings)
        data = encode_chunk(rows_of(track))
        found.append(UnitTrack(unit_id=unit_id, data=data))
        size += len(data)
        if size >= PAGE_BYTES:
            break
    end = command.first + len(found)
    return TrackPage(id=command.id, tracks=tuple(found), next=end if end < len(command.unit_ids) else None)


async def days(gateway: Gateway, session: Session, command: TrackDays) -> TrackDayList:
    found = await gateway.tracks.days(command.unit_ids, offset_s=command.offset_s)
    return TrackDayList(
        id=command.id, days=tuple(TrackDay(start_at=day.start_at, readings=day.readings) for day in found)
    )
