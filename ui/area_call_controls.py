"""圈呼 as keys, buttons and the map set it off: call, switch whether newcomers are called in, end."""

from PySide6.QtCore import QObject, Signal

from comms.domain.ad_hoc import AdHoc, AreaTarget
from comms.domain.events import TalkgroupDissolved
from comms.domain.ids import TalkgroupId
from comms.domain.order import UnitsTarget
from comms.protocol.pushes import Done
from console.actions.area_call import AreaCalls
from console.actions.requester import Outcome
from console.store.notices import Changed, Notice, Reset
from console.store.store import Store
from ui.acting import Acting
from ui.selection import Selection
from ui.sentences import tell
from ui.text import Texts
from ui.watch import follow
from ui.words import clock_minute


class AreaCallControls(QObject):
    calling = Signal(str)
    """The floor of this talkgroup is requested with the call: somebody must see to its release."""
    failed = Signal()
    """Nothing came of the call."""

    def __init__(
        self,
        *,
        store: Store,
        area_calls: AreaCalls,
        selection: Selection,
        acting: Acting,
        text: Texts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._store = store
        self._area_calls = area_calls
        self._selection = selection
        self._acting = acting
        self._text = text
        self._own: dict[TalkgroupId, str] = {}
        """Calls of this officer that are up, and their names."""
        follow(self, store, self._notice)

    def call(self, target: AreaTarget) -> None:
        """At once: the circle is drawn, the call is up."""
        name = self._text("area_call.name", time=clock_minute(self._store.server_now()))
        self._acting.start(self._area_calls.call(target, name=name, began=self._began), self._called)

    def call_selection(self) -> None:
        """Everybody picked, by list, box or polygon."""
        if self._selection.unit_ids:
            self.call(UnitsTarget(self._selection.unit_ids))

    def _began(self, talkgroup_id: TalkgroupId) -> None:
        self._selection.set_talkgroup(talkgroup_id)
        self.calling.emit(talkgroup_id)

    def _called(self, answer: Outcome) -> None:
        if isinstance(answer, Done):
            self._acting.tell("ok", self._text("area_call.up"))
            return
        heard = self._store.affiliated
        self._selection.set_talkgroup(heard[0] if heard else None)
        self.failed.emit()

    def _notice(self, notice: Notice) -> None:
        """An own call that ended otherwise than by the officer's hand is said to be over, and why: the connection may
        have been lost meanwhile."""
        if not (isinstance(notice, Reset) or (isinstance(notice, Changed) and notice.noun == "talkgroup")):
            return
        session, groups = self._store.session, self._store.picture.talkgroups
        me = session.party if session is not None else None
        own = {
            key: state.talkgroup.name
            for key, state in groups.items()
            if state.ad_hoc is not None and state.ad_hoc.formed_by == me
        }
        for key in self._own.keys() - own.keys():
            self._say_over(key, self._own[key])
        self._own = own

    def _say_over(self, talkgroup_id: TalkgroupId, name: str) -> None:
        session = self._store.session
        for recorded in reversed(self._store.log.events):
            event = recorded.event
            if isinstance(event, TalkgroupDissolved) and event.talkgroup_id == talkgroup_id:
                if session is None or recorded.actor != session.party:
                    sentence = tell(recorded, self._store, self._text)
                    self._acting.tell("warn", sentence.read(self._text) if sentence is not None else name)
                return
        self._acting.tell("warn", self._text("area_call.over", name=name))

    def ad_hoc(self) -> AdHoc | None:
        """Of the selected talkgroup, when it is one."""
        chosen = self._selection.talkgroup_id
        state = self._store.picture.talkgroups.get(chosen) if chosen is not None else None
        return state.ad_hoc if state is not None else None

    def end_selected(self) -> None:
        chosen = self._selection.talkgroup_id
        if chosen is not None and self.ad_hoc() is not None:
            self.end(chosen)

    def switch_selected(self) -> None:
        chosen, ad_hoc = self._selection.talkgroup_id, self.ad_hoc()
        if chosen is not None and ad_hoc is not None:
            self.follow(chosen, not ad_hoc.is_following_area)

    def end(self, talkgroup_id: TalkgroupId) -> None:
        self._acting.start(self._area_calls.end(talkgroup_id))

    def follow(self, talkgroup_id: TalkgroupId, is_following: bool) -> None:
        self._acting.start(self._area_calls.follow(talkgroup_id, is_following=is_following))
