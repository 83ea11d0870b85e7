"""The written contract is current: the guide's examples decode, the AsyncAPI document is what the types say."""

import json
import re
import runpy
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from comms.domain.policy_table import POLICY
from comms.protocol import asyncapi, commands, patrol_pushes, pushes
from comms.protocol.account_pushes import AccountPush
from comms.protocol.assessment_commands import AssessmentCasePage, AssessmentTable
from comms.protocol.commands import Command
from comms.protocol.drill_commands import DrillStatus
from comms.protocol.errors import RefusalCode
from comms.protocol.help_commands import HelpCall
from comms.protocol.issuer_commands import IssuerOffer
from comms.protocol.pushes import Push

HELP = Path(__file__).parents[2] / "resources" / "help"
GUIDE = HELP / "terminal-protocol.md"
EXAMPLES = re.findall(r"```json\n(.*?)\n```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
_BOTH = Command | Push
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(_BOTH, strict=True)
FOR_DESKS = {
    pushes.TokenGranted, pushes.EnrolmentCode, pushes.PictureSnapshot, pushes.PictureResumed, pushes.LogPage,
    pushes.EventPush, pushes.MediaSlot, pushes.TrackPage, pushes.TrackDayList,
    pushes.ItemVersions, pushes.CalendarYears, AssessmentTable, AssessmentCasePage,
    pushes.ItemVersions, pushes.CalendarYears,
    pushes.ItemVersions,
    patrol_pushes.PatrolCodeList, patrol_pushes.PatrolDuePage, patrol_pushes.PatrolTallyList,
    patrol_pushes.PatrolPlacePage, DrillStatus, pushes.HealthReading, IssuerOffer, *get_args(AccountPush),
}  # fmt: skip
AT_THE_DOOR = {commands.TerminalEnrol, commands.TerminalSignIn, HelpCall}


@pytest.mark.parametrize("example", EXAMPLES, ids=[json.loads(example)["kind"] for example in EXAMPLES])
def test_an_example_is_a_whole_frame(example: str) -> None:
    message = _decoder.decode(example)
    shown, known = json.loads(example), json.loads(msgspec.json.encode(message))
    unknown = {key for key in shown if key not in known and key not in _defaults(type(message))}
    assert not unknown, "a field the types do not have"


def _defaults(kind: type) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(kind)}


def test_every_message_of_a_terminal_is_shown() -> None:
    shown = {json.loads(example)["kind"] for example in EXAMPLES}
    every = asyncapi.command_types()
    own_commands = {each for each in every if POLICY[asyncapi.kind_of(each)].is_for_terminals} | AT_THE_DOOR
    own_pushes = set(asyncapi.push_types()) - FOR_DESKS
    assert shown == {asyncapi.kind_of(each) for each in own_commands | own_pushes}


def test_every_refusal_is_explained() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [code for code in RefusalCode if f"`{code}`" not in text] == []


def test_the_kept_document_is_current() -> None:
    kept = (HELP / "asyncapi.json").read_text(encoding="utf-8")
    assert kept == asyncapi.rendered(), "run: python -m comms.protocol.asyncapi > resources/help/asyncapi.json"


def test_it_is_printed_when_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert asyncapi.__file__ is not None
    runpy.run_path(asyncapi.__file__, run_name="__main__")
    assert capsys.readouterr().out == asyncapi.rendered()


def test_every_reference_leads_somewhere() -> None:
    document = asyncapi.document()
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        place: Any = document
        for step in reference.split("/"):
            place = place[step]
        assert place


def test_every_message_has_its_operation() -> None:
    document = asyncapi.document()
    kinds = {asyncapi.kind_of(each) for each in (*asyncapi.command_types(), *asyncapi.push_types())}
    assert set(document["components"]["messages"]) == kinds | {asyncapi.POSITION_FRAME}
    operations = document["operations"]
    assert {name for name, each in operations.items() if each["action"] == "receive"} == {
        asyncapi.kind_of(each) for each in asyncapi.command_types()
    }
    replies = {
        asyncapi.kind_of(answer) for command in asyncapi.command_types() for answer in asyncapi.answers_to(command)
    }
    assert kinds - set(operations) == replies
