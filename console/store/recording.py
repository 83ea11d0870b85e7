"""Whether what is done is recorded: a gateway says when its journal cannot be written, and notes when it can again."""

from comms.domain.states import Change
from comms.protocol.errors import RefusalCode
from comms.protocol.pushes import Refused
from console.store.notices import Changed, Notice, Warned


class RecordingView:
    """Of one session: another one is told anew."""

    def __init__(self) -> None:
        self.is_failing = False

    def warned(self, push: Refused) -> tuple[Notice, ...]:
        """Something was said unasked."""
        if push.code is not RefusalCode.STORE_FAILED:
            return (Warned(push.code, push.text),)
        self.is_failing = True
        return Warned(push.code, push.text), Changed("fault", push.code.value)

    def follow(self, change: Change) -> None:
        if change.noun == "fault" and change.id == RefusalCode.STORE_FAILED:
            self.is_failing = False  # the journal has taken it down
