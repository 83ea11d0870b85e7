"""Video: what a unit's camera sends and who watches (after MCVideo transmission and reception control)."""

from enum import StrEnum

import msgspec

from comms.domain.ids import PartyId, UnitId, VideoId


class VideoKind(StrEnum):
    RETURN = "return"
    """视频回传: the terminal offers."""
    POINT_CALL = "point_call"
    """视频点呼: the desk asks."""


class VideoPhase(StrEnum):
    ASKED = "asked"
    LIVE = "live"
    ENDED = "ended"


class VideoEnd(StrEnum):
    STOPPED = "stopped"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    CAMERA_REFUSED = "camera_refused"
    UNWATCHED = "unwatched"
    UNREACHABLE = "unreachable"
    GATEWAY_RESTARTED = "gateway_restarted"


class Video(msgspec.Struct, frozen=True, kw_only=True):
    id: VideoId
    kind: VideoKind
    unit_id: UnitId
    asked_by: PartyId


UNWATCHED_TIMEOUT_S = 10.0
"""T11 "stream reception idle" of 3GPP TS 24.581: a transmission nobody watches is ended (point calls only)."""
CONSENT_TIMEOUT_S = 30.0
"""How long a worker has to answer a video point call. Our own figure."""
