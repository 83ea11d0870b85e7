"""The wire as an AsyncAPI 3.0 document, made from the very types that decode it.

`python -m comms.protocol.asyncapi > resources/help/asyncapi.json`; a test holds that the kept file is current.
"""

import inspect
import json
import sys
from typing import Any, get_args

import msgspec

from comms.protocol import commands, pushes
from comms.protocol.account_commands import ACCOUNT_ANSWERS, AccountPassword
from comms.protocol.case_commands import CalendarRead
from comms.protocol.drill_commands import DrillStateRead, DrillStatus
from comms.protocol.issuer_commands import IssuerBegin, IssuerOffer, IssuerSignIn
from comms.protocol.item_commands import ItemRead
from comms.protocol.patrol_commands import PatrolCodes, PatrolDue, PatrolPlaceRead, PatrolTallies, VisitDue
from comms.protocol.patrol_pushes import PatrolCodeList, PatrolDuePage, PatrolPlacePage, PatrolTallyList, VisitDueList
from comms.protocol.version import PROTOCOL_VERSION

_CHANNEL = "#/channels/session"
_MESSAGES = "#/components/messages"
_SCHEMAS = "#/components/schemas"
POSITION_FRAME = "position.frame"

ANSWERS: dict[type, type] = {
    commands.DeskSignIn: pushes.Welcome,
    commands.DeskResume: pushes.Welcome,
    IssuerBegin: IssuerOffer,
    IssuerSignIn: pushes.Welcome,
    commands.TokenRefresh: pushes.TokenGranted,
    commands.TerminalEnrol: pushes.Enrolled,
    commands.TerminalSignIn: pushes.Welcome,
    commands.LogRead: pushes.LogPage,
    commands.BlobGet: pushes.BlobContent,
    commands.PositionReport: pushes.PositionTaken,
    ItemRead: pushes.ItemVersions,
    CalendarRead: pushes.CalendarYears,
    DrillStateRead: DrillStatus,
    PatrolCodes: PatrolCodeList,
    PatrolDue: PatrolDuePage,
    PatrolTallies: PatrolTallyList,
    PatrolPlaceRead: PatrolPlacePage,
    VisitDue: VisitDueList,
    commands.MediaOffer: pushes.MediaAnswer,
    commands.EnrolmentIssue: pushes.EnrolmentCode,
    commands.Ping: pushes.Pong,
    AccountPassword: pushes.TokenGranted,
    **ACCOUNT_ANSWERS,
}
"""What a command gets when it is carried out, where that is not `done`. `refused` may always come instead."""
_SUBSCRIPTION_ANSWERS = (pushes.PictureSnapshot, pushes.PictureResumed)


def command_types() -> tuple[type, ...]:
    return get_args(commands.Command)


def push_types() -> tuple[type, ...]:
    return get_args(pushes.Push)


def answers_to(command: type) -> tuple[type, ...]:
    """The replies a command may get, the refusal last."""
    if command is commands.PictureSubscribe:
        return (*_SUBSCRIPTION_ANSWERS, pushes.Refused)
    return (ANSWERS.get(command, pushes.Done), pushes.Refused)


def kind_of(message: type) -> str:
    """The tag on the wire, such as `floor.request`."""
    return str(message.__struct_config__.tag)  # type: ignore[attr-defined]  # every message is a Struct


def document() -> dict[str, Any]:
    types = command_types() + push_types()
    schemas, components = msgspec.json.schema_components(types, ref_template=_SCHEMAS + "/{name}")
    messages: dict[str, Any] = {
        kind_of(each): _message(each, schema) for each, schema in zip(types, schemas, strict=True)
    }
    messages[POSITION_FRAME] = _position_frame()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Wangge Desk gateway",
            "version": f"{PROTOCOL_VERSION}.0.0",
            "description": "One WebSocket for desks and terminals. Text frames are JSON, told apart by `kind`; every "
            "command gets exactly one answer with its `id`. Binary frames are positions, to desks only. "
            "See terminal-protocol.md for the order of things.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "gateway": {
                "host": "gateway:8470",
                "pathname": "/v1",
                "protocol": "wss",
                "description": "TLS, default port.",
            }
        },
        "channels": {
            "session": {
                "address": "/v1",
                "description": "One connection, one session. The first command signs in within 10 seconds. In a crowd "
                "connections wait before the door; desks and held emergency keys come to /v1?ahead and do not.",
                "messages": {kind: {"$ref": f"{_MESSAGES}/{kind}"} for kind in messages},
            }
        },
        "operations": {**_command_operations(), **_push_operations()},
        "components": {"messages": messages, "schemas": _tidied(dict(sorted(components.items())))},
    }


def _tidied(schema: Any) -> Any:
    """Docstrings without their indentation, which differs between versions of Python."""
    match schema:
        case dict():
            return {
                key: inspect.cleandoc(value) if key == "description" and isinstance(value, str) else _tidied(value)
                for key, value in schema.items()
            }
        case list():
            return [_tidied(each) for each in schema]
        case _:
            return schema


def _summary(message: type) -> str:
    """The type's own docstring; one that is merely inherited from the base says nothing."""
    own = vars(message).get("__doc__") or ""
    return " ".join(own.split())


def _message(message: type, schema: dict[str, Any]) -> dict[str, Any]:
    described = {"name": kind_of(message), "contentType": "application/json", "payload": schema}
    summary = _summary(message)
    return {"summary": summary, **described} if summary else described


def _position_frame() -> dict[str, Any]:
    return {
        "name": POSITION_FRAME,
        "summary": "Binary frame: positions of many units as columns, little-endian. `WGP1`, uint32 count, float64 "
        "base time, then columns: no u4, lat i4 (1e-7 deg), lon i4, age u2 (0.1 s), accuracy u2 (0.1 m), "
        "heading u2 (0.01 deg), speed u2 (0.01 m/s), battery u1 (percent). The highest value means not known.",
        "contentType": "application/octet-stream",
        "payload": {"type": "string", "format": "binary"},
    }


def _reference(kind: str) -> dict[str, str]:
    return {"$ref": f"{_CHANNEL}/messages/{kind}"}


def _command_operations() -> dict[str, Any]:
    return {
        kind_of(command): {
            "action": "receive",
            "channel": {"$ref": _CHANNEL},
            "messages": [_reference(kind_of(command))],
            "reply": {
                "channel": {"$ref": _CHANNEL},
                "messages": [_reference(kind_of(answer)) for answer in answers_to(command)],
            },
        }
        for command in command_types()
    }


def _push_operations() -> dict[str, Any]:
    replies = {kind_of(answer) for command in command_types() for answer in answers_to(command)}
    unasked = [kind_of(push) for push in push_types() if kind_of(push) not in replies]
    return {
        kind: {"action": "send", "channel": {"$ref": _CHANNEL}, "messages": [_reference(kind)]}
        for kind in (*unasked, POSITION_FRAME)
    }


def rendered() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(rendered())
