"""Video commands."""

from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import VideoAsk, VideoConsentGive, VideoOffer, VideoStop, VideoUnwatch, VideoWatch
from comms.protocol.pushes import Done


async def offer(gateway: Gateway, session: Session, command: VideoOffer) -> Done | Refusal:
    video_id = gateway.videos.offer(session)
    return video_id if isinstance(video_id, Refusal) else Done(id=command.id, subject=video_id)


async def ask(gateway: Gateway, session: Session, command: VideoAsk) -> Done | Refusal:
    video_id = gateway.videos.ask(session, command.unit_id)
    return video_id if isinstance(video_id, Refusal) else Done(id=command.id, subject=video_id)


async def consent(gateway: Gateway, session: Session, command: VideoConsentGive) -> Done | Refusal:
    refusal = gateway.videos.consent(session, command.video_id, is_given=command.is_given, end=command.end)
    return refusal or Done(id=command.id, subject=command.video_id)


async def stop(gateway: Gateway, session: Session, command: VideoStop) -> Done | Refusal:
    refusal = gateway.videos.stop(session, command.video_id)
    return refusal or Done(id=command.id, subject=command.video_id)


async def watch(gateway: Gateway, session: Session, command: VideoWatch) -> Done | Refusal:
    refusal = gateway.videos.watch(session, command.video_id)
    return refusal or Done(id=command.id, subject=command.video_id)


async def unwatch(gateway: Gateway, session: Session, command: VideoUnwatch) -> Done | Refusal:
    refusal = gateway.videos.unwatch(session, command.video_id)
    return refusal or Done(id=command.id, subject=command.video_id)
