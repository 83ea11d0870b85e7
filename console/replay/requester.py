"""What a replayed desk asks: readings are answered from the journal, up to the moment that is shown; everything else is
refused in plain words, because what was cannot be changed and nothing leaves a replay."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from comms.domain.ids import CommandId, TalkgroupId
from comms.domain.track import thinned
from comms.journal.replay.replay import Replay
from comms.protocol.commands import BlobGet, Command, LogRead
from comms.protocol.duty_commands import LogSpan
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import BlobContent, LogPage, Push, Refused, TrackDay, TrackDayList, TrackPage, UnitTrack
from comms.protocol.track_chunk import encode_chunk, rows_of
from comms.protocol.track_commands import TrackDays, TrackRead
from console.replay.player import Player

DAY_S = 86_400.0
PAGE_UNITS = 40
T = TypeVar("T")


class ReplayRequester:
    """The actions' Requester and Talker. `say_no` makes the sentence of a refusal, in the language of now; `told` is
    called when somebody wants to talk."""

    def __init__(self, player: Player, *, say_no: Callable[[], str], told: Callable[[], None]) -> None:
        self._player, self._replay = player, player.replay
        self._say_no, self._told = say_no, told

    async def request(self, command: Command) -> Push:
        match command:
            case BlobGet():
                return await self._blob(command)
            case LogRead():
                return await self._log(command)
            case LogSpan():
                return await self._span(command)
            case TrackDays():
                return await self._days(command)
            case TrackRead():
                return await self._tracks(command)
            case _:
                return Refused(id=command.id, code=RefusalCode.NOT_ALLOWED, text=self._say_no())

    async def request_durable(self, command: Command) -> Push:
        return await self.request(command)

    async def aside(self, work: Callable[[], T], /) -> T:
        """Work that takes its time."""
        return await asyncio.to_thread(work)

    # --- Talker: nobody is at the other end, and no microphone is opened ------------------------------------

    def press(self, talkgroup_id: TalkgroupId, *, is_emergency: bool) -> None:
        self._told()

    def speak_as_another(self, is_speaking: bool) -> None:
        """Nobody is anybody here."""

    def expect(self, talkgroup_id: TalkgroupId) -> None:
        """Its command is refused anyway."""

    def release(self, talkgroup_id: TalkgroupId) -> None:
        """Nothing was held."""

    def mute(self, is_muted: bool) -> None:
        """There is no microphone."""

    # --- readings -------------------------------------------------------------------------------------------

    async def _on_its_thread(self, work: Callable[[Replay], T]) -> T:
        return await asyncio.wrap_future(self._replay.submit(lambda: work(self._replay)))

    async def _blob(self, command: BlobGet) -> Push:
        blob = await self._on_its_thread(lambda replay: replay.blob(command.blob_id))
        if blob is None:
            return _not_there(command.id)
        data, total = blob.data, len(blob.data)
        if command.limit_bytes is not None:
            data = data[command.offset_bytes : command.offset_bytes + command.limit_bytes]
        return BlobContent(
            id=command.id, blob_id=command.blob_id, media_type=blob.media_type, data=data, total_bytes=total
        )

    async def _log(self, command: LogRead) -> Push:
        shown, start_seq = self._player.store.picture.seq, self._replay.index.start_seq
        before = min(command.before_seq or shown + 1, shown + 1)
        first = max(before - 1 - command.limit, start_seq)
        found = await self._on_its_thread(lambda replay: replay.events(first, before - 1 - first))
        return LogPage(id=command.id, events=tuple(found), has_more=first > start_seq)

    async def _span(self, command: LogSpan) -> Push:
        index, until_at = self._replay.index, min(command.until_at, self._player.at)
        first, last = max(command.after_seq, index.seq_before(command.from_at)), index.seq_at(until_at)
        count = max(0, min(command.limit, last - first))
        found = await self._on_its_thread(lambda replay: replay.events(first, count)) if count else []
        return LogPage(id=command.id, events=tuple(found), has_more=first + count < last)

    async def _days(self, command: TrackDays) -> Push:
        from_at, to_at = self._player.extent[0], self._player.at
        tracks = await self._on_its_thread(
            lambda replay: replay.tracks(command.unit_ids, from_at=from_at - DAY_S, to_at=to_at)
        )
        counts: dict[float, int] = {}
        for track in tracks:
            for at in track.at.tolist():
                start = (at + command.offset_s) // DAY_S * DAY_S - command.offset_s
                counts[start] = counts.get(start, 0) + 1
        days = tuple(TrackDay(start_at=start, readings=count) for start, count in sorted(counts.items()))
        return TrackDayList(id=command.id, days=days)

    async def _tracks(self, command: TrackRead) -> Push:
        unit_ids = command.unit_ids[command.first : command.first + PAGE_UNITS]
        to_at = min(command.to_at, self._player.at)

        def read(replay: Replay) -> tuple[UnitTrack, ...]:
            found = replay.tracks(unit_ids, from_at=command.from_at, to_at=to_at)
            if command.most_readings is not None:
                found = [thinned(track, command.most_readings) for track in found]
            return tuple(
                UnitTrack(unit_id=unit_id, data=encode_chunk(rows_of(track)))
                for unit_id, track in zip(unit_ids, found, strict=True)
            )

        tracks = await self._on_its_thread(read)
        end = command.first + len(unit_ids)
        return TrackPage(id=command.id, tracks=tracks, next=end if end < len(command.unit_ids) else None)


def _not_there(command_id: CommandId) -> Refused:
    return Refused(id=command_id, code=RefusalCode.NOT_FOUND, text="")
