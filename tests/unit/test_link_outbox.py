"""The outbox: whatever the network drops, each durable command has its effect once, in order."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from comms.domain.ids import CommandId
from comms.link.outbox import Outbox
from comms.protocol.commands import Command, NoteAdd


def note(number: int) -> NoteAdd:
    return NoteAdd(id=CommandId(f"n{number}"), text=f"line {number}")


@dataclass
class Gateway:
    """Carries each id out once; answers it as often as it is asked."""

    effects: list[CommandId] = field(default_factory=list)

    def take(self, command: Command) -> CommandId:
        if command.id not in self.effects:
            self.effects.append(command.id)
        return command.id


STEPS = st.lists(
    st.one_of(
        st.just("write"),
        st.just("carry"),  # the network takes one frame to the gateway
        st.just("answer"),  # and one answer back
        st.just("drop"),  # and loses everything under way
    ),
    max_size=120,
)


@settings(deadline=None)
@given(STEPS)
def test_every_command_is_carried_out_once_and_in_order(steps: list[str]) -> None:
    outbox, gateway = Outbox(), Gateway()
    out: list[Command] = []
    back: list[CommandId] = []
    written: list[CommandId] = []
    answered: list[CommandId] = []

    def answer() -> None:
        command_id = back.pop(0)
        if outbox.answered(command_id):
            answered.append(command_id)

    for step in steps:
        match step:
            case "write":
                command = note(len(written))
                written.append(command.id)
                assert outbox.add(command)
                out.append(command)
            case "carry" if out:
                back.append(gateway.take(out.pop(0)))
            case "answer" if back:
                answer()
            case "drop":
                back.clear()
                out[:] = outbox.unanswered()
            case _:
                pass
    while out:
        back.append(gateway.take(out.pop(0)))
    while back:
        answer()
    assert gateway.effects == written
    assert answered == written
    assert len(outbox) == 0


def test_the_same_id_is_kept_once() -> None:
    outbox = Outbox()
    assert outbox.add(note(1))
    assert not outbox.add(note(1))
    assert len(outbox) == 1
    assert CommandId("n1") in outbox


def test_an_unknown_answer_changes_nothing() -> None:
    outbox = Outbox()
    outbox.add(note(1))
    assert not outbox.answered(CommandId("other"))
    assert outbox.unanswered() == (note(1),)
