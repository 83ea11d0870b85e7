"""圈呼 as keys, buttons and the map set it off: call, switch whether newcomers are called in, end."""

from PySide6.QtCore import QObject, Signal

from comms.domain.ad_hoc import AdHoc, AreaTarget
from comms.domain.ids import TalkgroupId
from comms.domain.order import UnitsTarget
from comms.protocol.pushes import Done
from console.actions.area_call import AreaCalls
from console.actions.requester import Outcome
from console.store.store import Store
from ui.acting import Acting
from ui.selection import Selection
from ui.text import Texts
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
