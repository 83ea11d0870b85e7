"""What the desk knows of its own connection, voice path and session."""

import msgspec

from comms.domain.ids import JurisdictionId, PartyId, TalkgroupId
from comms.domain.talkgroup import Talkgroup
from comms.link.state import LinkPhase, LinkState
from comms.protocol.pushes import Welcome
from console.store.drill import DrillView

__all__ = ["Affiliated", "LinkPhase", "LinkState", "MediaReport", "OwnSession", "RenewalReport", "own_session"]


class MediaReport(msgspec.Struct, frozen=True, kw_only=True):
    """The voice and video path. `fault` is the path's refusal code, empty when all is well."""

    is_up: bool = False
    fault: str = ""
    microphone: str = ""
    speaker: str = ""
    """The devices at work, by the system's names; empty is its default."""
    microphone_fault: str = ""
    speaker_fault: str = ""
    """Why there is no sound in this direction: a DeviceRefusal of `comms.media.portaudio`."""
    microphone_level: float = 0.0
    """0 to 1, of what is sent now."""
    speaker_level: float = 0.0


class OwnSession(msgspec.Struct, frozen=True, kw_only=True):
    """Who sits at this desk, and what it hears; the first of `affiliated` is the selected talkgroup."""

    party: PartyId
    name: str
    jurisdiction_id: JurisdictionId
    talkgroups: tuple[Talkgroup, ...] = ()
    """The standing ones; ad-hoc talkgroups come and go in the picture."""
    affiliated: tuple[TalkgroupId, ...] = ()
    token_expires_at: float | None = None
    clock_offset_s: float = 0.0
    """Gateway's clock less this desk's, at sign-in."""
    renewal_fault: str = ""
    """Why the sign-in could not be prolonged; it bites at `token_expires_at`."""
    is_drill: bool = False
    """Nothing here is real, and every window says so."""
    password_expires_at: float | None = None
    """When the officer has to choose another, if that is near."""
    must_set_up: bool = False
    """The site asks this officer for a second factor, and there is none yet."""
    idle_lock_s: float = 0.0
    """So long untouched, the desk locks itself; 0: never."""
    certificate_ends_at: float | None = None
    """When this desk's own certificate ends, where it has shown one."""
    has_issuer: bool = False
    """One may prove who one is at the site's identity service, too."""

    def server_now(self, local: float, drill: DrillView) -> float:
        """The gateway's wall clock, Unix seconds, when this desk's shows `local`: a drill's goes its own way."""
        return drill.now() if self.is_drill else local + self.clock_offset_s


def own_session(welcome: Welcome, *, now: float) -> OwnSession:
    """`now` is this desk's clock, Unix seconds."""
    return OwnSession(
        party=welcome.party,
        name=welcome.name,
        jurisdiction_id=welcome.jurisdiction_id,
        talkgroups=tuple(group for group in welcome.talkgroups if not group.is_ad_hoc),
        affiliated=welcome.affiliated,
        token_expires_at=welcome.token_expires_at,
        clock_offset_s=welcome.server_time - now,
        is_drill=welcome.is_drill,
        password_expires_at=welcome.password_expires_at,
        must_set_up=welcome.must_set_up,
        idle_lock_s=welcome.idle_lock_s,
        certificate_ends_at=welcome.certificate_ends_at,
        has_issuer=welcome.has_issuer,
    )


class Affiliated(msgspec.Struct, frozen=True, kw_only=True):
    """The gateway confirmed which talkgroups this desk hears, the selected one first."""

    talkgroup_ids: tuple[TalkgroupId, ...]


class RenewalReport(msgspec.Struct, frozen=True, kw_only=True):
    """The sign-in was prolonged to `expires_at`, or (`fault`) could not be. Unix seconds."""

    expires_at: float
    fault: str = ""
