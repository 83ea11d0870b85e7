"""Speaking as somebody of a drill: hold to be heard as that one. Only whom the gateway lets direct the drill can."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from comms.domain.ids import PartyId, TalkgroupId
from comms.protocol.drill_commands import DrillAct, DrillActEnd
from comms.protocol.pushes import Done, Refused
from console.actions.requester import NewId, Outcome, Requester, ask
from console.store.store import Store


class OpenMicrophone(Protocol):
    """What sends this desk's voice without a floor of its own. Never blocks, may be called at any time."""

    def speak_as_another(self, is_speaking: bool) -> None: ...


class ActState(StrEnum):
    IDLE = "idle"
    ASKING = "asking"
    TALKING = "talking"
    DENIED = "denied"
    ENDED = "ended"
    """Not by letting go: the floor was taken back, the call is over, or the connection is gone."""


@dataclass(frozen=True, slots=True)
class ActView:
    """`who` is as it was asked for; `refused` with a denial that the gateway gave; `since` is server time."""

    state: ActState = ActState.IDLE
    who: str = ""
    refused: Refused | None = None
    since: float = 0.0


class ActingVoice:
    """UI thread only. The microphone is open from the answer to the end, and never a moment without either."""

    def __init__(self, requester: Requester, store: Store, microphone: OpenMicrophone, *, new_id: NewId) -> None:
        self.view = ActView()
        self.on_change: Callable[[], None] = lambda: None
        self._requester = requester
        self._store = store
        self._microphone = microphone
        self._new_id = new_id
        self._is_held = False
        self._is_seen = False
        """The record says that this officer speaks as somebody."""

    async def press(
        self, who: str, *, talkgroup_id: TalkgroupId | None = None, is_in_call: bool = False, is_emergency: bool = False
    ) -> None:
        """Key down. `who` is of the cast, or a unit's id."""
        if self.view.state in (ActState.ASKING, ActState.TALKING):
            return
        self._is_held, self._is_seen = True, False
        self._show(ActState.ASKING, who)
        command = DrillAct(
            id=self._new_id(), who=who, talkgroup_id=talkgroup_id, is_in_call=is_in_call, is_emergency=is_emergency
        )
        self._answered(who, answer := await ask(self._requester, command))
        if isinstance(answer, Done) and not self._is_held:
            await self._end()  # let go before it was granted

    def _answered(self, who: str, answer: Outcome) -> None:
        if not isinstance(answer, Done):
            self._show(ActState.DENIED, who, answer if isinstance(answer, Refused) else None)
        elif self._is_held:
            self._microphone.speak_as_another(True)
            self._show(ActState.TALKING, who)
            self.follow()
        else:
            self._show(ActState.IDLE)

    async def let_go(self) -> None:
        """Key up."""
        self._is_held = False
        match self.view.state:
            case ActState.TALKING:
                self._microphone.speak_as_another(False)
                self._show(ActState.IDLE)
                await self._end()
            case ActState.DENIED | ActState.ENDED:
                self._show(ActState.IDLE)
            case _:
                pass

    async def _end(self) -> None:
        await ask(self._requester, DrillActEnd(id=self._new_id()))

    def follow(self) -> None:
        """The drill has changed: what is recorded as over is over here as well."""
        if self.view.state is not ActState.TALKING:
            return
        session, drill = self._store.session, self._store.picture.drill.state
        own: PartyId | None = session.party if session is not None else None
        acts = drill is not None and any(acting.by == own for acting in drill.acting.values())
        if self._is_seen and not acts:
            self.lost()
        self._is_seen = self._is_seen or acts

    def lost(self) -> None:
        """The connection is gone, or the drill: nothing is open any more."""
        if self.view.state is ActState.TALKING:
            self._microphone.speak_as_another(False)
            self._show(ActState.ENDED, self.view.who)

    def _show(self, state: ActState, who: str = "", refused: Refused | None = None) -> None:
        self.view = ActView(state, who, refused, self._store.server_now())
        self.on_change()
