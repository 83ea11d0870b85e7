"""The one media session of a connection."""

import logging
from functools import partial

from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.media.negotiation import MediaRefusal
from comms.protocol.commands import MediaOffer
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import MediaAnswer

_log = logging.getLogger(__name__)


async def offer(gateway: Gateway, session: Session, command: MediaOffer) -> MediaAnswer | Refusal:
    """An offer on top of an earlier one takes its place, as after a change of network."""
    _lose(gateway, session)
    opened = gateway.forwarder.open_session(
        session.id,
        command.sdp,
        on_connected=partial(_connect, gateway, session),
        on_lost=partial(_lose, gateway, session),
    )
    if isinstance(opened, MediaRefusal):
        _log.info("%s offered media we cannot take: %s (%s)", session.party, opened.reason, opened.detail)
        return Refusal(RefusalCode.MEDIA_REFUSED)
    session.media_slots = opened.slots
    return MediaAnswer(id=command.id, sdp=opened.sdp)


def _connect(gateway: Gateway, session: Session) -> None:
    session.has_media = True
    gateway.voice.on_media_connected(session)


def _lose(gateway: Gateway, session: Session) -> None:
    if session.has_media:
        session.has_media = False
        gateway.voice.on_media_lost(session)
        gateway.videos.on_media_lost(session)
