"""What an officer commanded, what he was answered, and whether the journal has exactly that."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from comms.domain.case import CaseStep
from comms.domain.events import Event, OrderAdvanced, Recorded
from comms.domain.ids import CommandId, IncidentId, PartyId, UnitId
from comms.domain.order import Place, UnitsTarget
from comms.domain.picture import Picture
from comms.journal import history
from comms.journal.database import Database
from comms.journal.verify import verify
from comms.protocol.case_commands import CaseMove
from comms.protocol.codec import encode
from comms.protocol.commands import Command, NoteAdd, OrderIssue
from comms.protocol.incident_commands import IncidentReport

PLACE = Place(lat=23.0, lon=113.7)
PASSING = frozenset({"try_later", "store_failed", "safe_mode"})
"""Refusals after which the same command is sent again."""


@dataclass(slots=True)
class Ledger:
    """Of one officer at one gateway. `sent` is how often a command left."""

    actor: PartyId
    sent: Counter[CommandId] = field(default_factory=Counter)
    open: dict[CommandId, str] = field(default_factory=dict)
    done: set[CommandId] = field(default_factory=set)
    refused: dict[CommandId, str] = field(default_factory=dict)

    def send(self, command: Command) -> str:
        text = encode(command)
        self.open[command.id] = text
        self.sent[command.id] += 1
        return text

    def again(self) -> list[str]:
        """What the next desk sends once more, with the same ids."""
        for command_id in self.open:
            self.sent[command_id] += 1
        return list(self.open.values())

    def answered(self, command_id: CommandId, code: str) -> bool:
        """False: it is sent again."""
        if code in PASSING:
            return False
        if self.open.pop(command_id, None) is not None:
            if code:
                self.refused[command_id] = code
            else:
                self.done.add(command_id)
        return True


def commands(dice: random.Random, unit_ids: tuple[UnitId, ...], ledger: Ledger, name: str) -> Iterator[Command]:
    """Orders, notes, incidents and steps of their cases, mixed, without end."""
    incidents: list[IncidentId] = []
    for number in count(1):
        command_id = CommandId(f"{name}-{number:05d}")
        ripe = [incident_id for incident_id in incidents if CommandId(incident_id) in ledger.done]
        match dice.choices(("order", "note", "incident", "case"), (4, 3, 2, 2))[0]:
            case "order":
                units = UnitsTarget(tuple(dice.sample(unit_ids, dice.randint(1, 2))))
                yield OrderIssue(id=command_id, title=f"指令 {number}", target=units)
            case "case" if ripe:
                incident_id = dice.choice(ripe)
                incidents.remove(incident_id)
                yield CaseMove(id=command_id, incident_id=incident_id, step=CaseStep.REGISTER, opinion="属实")
            case "incident" | "case":
                incidents.append(IncidentId(command_id))
                yield IncidentReport(id=command_id, incident_kind="井盖缺失", place=PLACE, text=f"第 {number} 件")
            case _:
                yield NoteAdd(id=command_id, text=f"记录 {number}")


# --- the judgement ------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Judgement:
    """Of one site when all is over. `wrong` is what must not be."""

    events: int
    commands: int
    wrong: list[str] = field(default_factory=list)


def judge(data: Path, ledger: Ledger, seen: Picture) -> Judgement:
    """`seen` is the picture that a desk was shown last. Raises JournalDamagedError when the chain does not hold."""
    last_seq, _ = verify(data)
    database = Database(data)
    try:
        recorded = database.read_now(lambda connection: history.page(connection, None, 10_000_000))
    finally:
        database.close()
    judgement = Judgement(last_seq, len(ledger.sent))
    kept = Counter(item.command_id for item in recorded if item.actor == ledger.actor and item.command_id is not None)
    judgement.wrong += [f"lost: {command_id} was answered" for command_id in ledger.done if not kept[command_id]]
    judgement.wrong += [f"never answered: {command_id}" for command_id in ledger.open]
    judgement.wrong += [f"refused, but recorded: {command_id}" for command_id in ledger.refused if kept[command_id]]
    judgement.wrong += [f"doubled: {command_id}" for command_id, times in kept.items() if times > 1]
    judgement.wrong += [f"of nobody: {command_id}" for command_id in kept if command_id not in ledger.sent]
    judgement.wrong += _doubled(recorded)
    if _folded(recorded, seen.seq) != seen:
        judgement.wrong.append(f"the picture at {seen.seq} is not the fold of the journal")
    return judgement


def _doubled(recorded: list[Recorded]) -> list[str]:
    """What came to be twice under two ids: subjects of events, and steps of orders."""
    made: Counter[tuple[str, str]] = Counter()
    for item in recorded:
        made.update(_made(item.event))
    return [f"doubled: {what} {subject}" for (what, subject), times in made.items() if times > 1]


def _made(event: Event) -> list[tuple[str, str]]:
    kind = str(type(event).__struct_config__.tag)
    match kind:
        case "order.issued" | "incident.reported" | "call.started":
            noun = getattr(event, kind.partition(".")[0])
            return [(kind, noun.id)]
        case "order.advanced":
            assert isinstance(event, OrderAdvanced)
            return [(kind, f"{event.order_id} {event.unit_id} {event.state}")]
        case "talk.started" | "talk.ended" | "recording.saved":
            return [(kind, str(getattr(event, "burst_id", "")))]
        case _:
            return []


def _folded(recorded: list[Recorded], upto: int) -> Picture:
    picture = Picture()
    for item in recorded[:upto]:
        picture.apply(item)
    return picture
