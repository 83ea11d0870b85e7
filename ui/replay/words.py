"""How a replay is spoken of: kinds of events, moments, and what of a recording is not as it was written."""

import re
from collections.abc import Callable

from comms.domain.drill_book import DrillState
from comms.domain.ids import BurstId, PartyId, TalkgroupId
from comms.journal.replay.source import SPAN_S, Flaw, FlawKind
from comms.journal.replay.voices import Burst
from console.replay.player import Player
from console.store.store import Store
from ui.text import Texts
from ui.words import clock_minute, clock_time, day, duration

_PARTS = re.compile(r"([0-9]+)(?: of ([0-9]+))? parts are there")
_HOUR = re.compile(r"tracks/([0-9]+)\.bin")
_BLOB = re.compile(r"(?:blobs/)?([0-9a-f]{64})")


def drill_words(state: DrillState | None, at: float, text: Texts) -> str:
    """The second of the drill, or nothing."""
    if state is None:
        return ""
    seconds = at - state.starts_at
    sign = "−" if seconds < 0 else ""
    return text("replay.drill_second", time=f"{sign}{duration(abs(seconds))}")


def moment_words(at: float) -> tuple[str, str]:
    """The day, and the time of day."""
    return day(at), clock_time(at)


BurstOf = Callable[[str], Burst | None]
NameOf = Callable[[str], str]


def flaw_words(flaw: Flaw, text: Texts, *, sound_seq: int, burst_of: BurstOf, name_of: NameOf) -> str:
    """A sentence. Up to `sound_seq` events are as they were written; `burst_of` finds whose recording a blob is,
    `name_of` the name of a party."""
    seq = flaw.seq or 0
    values = {"what": _what(flaw, text, burst_of, name_of), "seq": seq, "before": min(sound_seq, max(0, seq - 1))}
    return text(f"replay.flaw.{flaw.kind.value}", **values).strip()


def _what(flaw: Flaw, text: Texts, burst_of: BurstOf, name_of: NameOf) -> str:
    what = flaw.what
    if parts := _PARTS.match(what):
        key = "replay.parts_of" if parts[2] else "replay.parts"
        return text(key, whole=parts[1], all=parts[2] or "")
    if hour := _HOUR.match(what):
        at = int(hour[1]) * float(SPAN_S)
        return text("replay.part.hour", day=day(at), since=clock_minute(at), until=clock_minute(at + SPAN_S))
    if what.startswith("tracks/before.bin"):
        return text("replay.part.before")
    if blob := _BLOB.match(what):
        burst = burst_of(blob[1])
        if burst is not None:
            at = burst.sound_from_at
            return text("replay.part.voice", name=name_of(burst.talker), day=day(at), time=clock_time(at))
        return text("replay.part.blob", id=blob[1][:12])
    if flaw.kind is FlawKind.CHAIN_BROKEN:
        return text("replay.broken.missing" if what.startswith("expected seq") else "replay.broken.altered")
    if flaw.kind is FlawKind.COPY_USED:
        return text("replay.part.start" if what == "start.json" else "replay.part.contents")
    return what


class Names:
    """Of parties and talkgroups at the moment that is shown; the id of one that is not known then."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def party(self, party: str) -> str:
        return self._store.party_name(PartyId(party))

    def group(self, talkgroup_id: TalkgroupId) -> str:
        state = self._store.picture.talkgroups.get(talkgroup_id)
        return state.talkgroup.name if state is not None else talkgroup_id

    def written(self, burst_id: BurstId) -> str:
        """What was said in a burst, where it was written down up to now."""
        drill = self._store.picture.drill.state
        lines = drill.words if drill is not None else []
        return next((line.words for line in reversed(lines) if line.burst_id == burst_id), "")


def state_words(player: Player, text: Texts, *, is_wished: bool) -> tuple[str, str]:
    """What is still under way, and its tone."""
    made = player.replay.made
    if made.is_done:
        return ("" if made.is_checked else text("replay.checking")), "dim"
    key = "replay.waiting" if player.is_waiting or is_wished else "replay.going_through"
    return text(key, share=f"{100 * made.share:.0f}"), "warn" if player.is_waiting else "dim"
