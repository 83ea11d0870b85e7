"""Sessions whose media is up, by the talkgroups they listen to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from comms.domain.ids import TalkgroupId
from comms.gateway.context import Session
from comms.gateway.hearing import Source

Sink = tuple[str, str]
"""Session id and mid."""
AUDIO = "audio"
_NOBODY: dict[str, "Ear"] = {}


@dataclass(slots=True, eq=False)
class Ear:
    """A session with its media up. `mids` are its audio slots, the primary one first."""

    session: Session
    mids: tuple[str, ...]
    call: Source | None = None
    """The other party of its point call."""
    is_call_muted: bool = False
    plays: dict[str, Source] = field(default_factory=dict)
    """What each slot was told to carry; kept only where there are several."""

    @property
    def selected(self) -> TalkgroupId | None:
        return self.session.affiliated[0] if self.session.affiliated else None


class Audience:
    """Keeps, ready for the next grant, the sinks of every talkgroup's one-slot listeners."""

    def __init__(self) -> None:
        self._ears: dict[str, Ear] = {}
        self._members: dict[TalkgroupId, dict[str, Ear]] = {}
        self._one_slot_sinks: dict[TalkgroupId, list[Sink]] = {}
        """Dropped when the members change."""

    def ear(self, session_id: str) -> Ear | None:
        return self._ears.get(session_id)

    def add(self, session: Session) -> Ear | None:
        """None for a session that offered no audio slot."""
        mids = tuple(slot.mid for slot in session.media_slots if slot.kind == AUDIO)
        if not mids:
            return None
        ear = self._ears[session.id] = Ear(session, mids)
        for talkgroup_id in session.affiliated:
            self.join(ear, talkgroup_id)
        return ear

    def remove(self, session: Session) -> Ear | None:
        ear = self._ears.pop(session.id, None)
        if ear is not None:
            for talkgroup_id in list(self._members):
                self.leave(ear, talkgroup_id)
        return ear

    def join(self, ear: Ear, talkgroup_id: TalkgroupId) -> None:
        self._members.setdefault(talkgroup_id, {})[ear.session.id] = ear
        self._one_slot_sinks.pop(talkgroup_id, None)

    def leave(self, ear: Ear, talkgroup_id: TalkgroupId) -> None:
        if self._members.get(talkgroup_id, _NOBODY).pop(ear.session.id, None) is not None:
            self._one_slot_sinks.pop(talkgroup_id, None)

    def members(self, talkgroup_id: TalkgroupId) -> Mapping[str, Ear]:
        """By session id."""
        return self._members.get(talkgroup_id, _NOBODY)

    def one_slot_sinks(self, talkgroup_id: TalkgroupId) -> list[Sink]:
        cached = self._one_slot_sinks.get(talkgroup_id)
        if cached is None:
            ears = self.members(talkgroup_id).values()
            cached = [(ear.session.id, ear.mids[0]) for ear in ears if len(ear.mids) == 1]
            self._one_slot_sinks[talkgroup_id] = cached
        return cached
