"""Point call commands, and those of ad-hoc group calls."""

from comms.gateway.context import Refusal, Session
from comms.gateway.gateway import Gateway
from comms.protocol.commands import (
    CallAnswer,
    CallFinish,
    CallFollow,
    CallFromArea,
    CallHangUp,
    CallPlace,
    CallReject,
)
from comms.protocol.pushes import Done


async def place(gateway: Gateway, session: Session, command: CallPlace) -> Done | Refusal:
    placed = gateway.voice.calls.place(session, command.unit_id)
    return placed if isinstance(placed, Refusal) else Done(id=command.id, subject=placed)


async def answer(gateway: Gateway, session: Session, command: CallAnswer) -> Done | Refusal:
    refusal = gateway.voice.calls.answer(session, command.call_id)
    return refusal or Done(id=command.id, subject=command.call_id)


async def reject(gateway: Gateway, session: Session, command: CallReject) -> Done | Refusal:
    refusal = gateway.voice.calls.reject(session, command.call_id)
    return refusal or Done(id=command.id, subject=command.call_id)


async def hang_up(gateway: Gateway, session: Session, command: CallHangUp) -> Done | Refusal:
    refusal = gateway.voice.calls.hang_up(session, command.call_id)
    return refusal or Done(id=command.id, subject=command.call_id)


async def from_area(gateway: Gateway, session: Session, command: CallFromArea) -> Done | Refusal:
    formed = gateway.ad_hoc.form(session, command)
    return formed or Done(id=command.id, subject=command.id)


async def follow(gateway: Gateway, session: Session, command: CallFollow) -> Done | Refusal:
    refusal = gateway.ad_hoc.set_following(session, command.talkgroup_id, is_following=command.is_following_area)
    return refusal or Done(id=command.id, subject=command.talkgroup_id)


async def finish(gateway: Gateway, session: Session, command: CallFinish) -> Done | Refusal:
    refusal = gateway.ad_hoc.end(session, command.talkgroup_id)
    return refusal or Done(id=command.id, subject=command.talkgroup_id)
