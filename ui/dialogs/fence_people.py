"""Whom a geofence watches, and whose officers are told."""

from PySide6.QtWidgets import QComboBox, QWidget

from comms.domain.fence import Fence, FenceSubject
from comms.domain.ids import JurisdictionId, UnitId
from comms.domain.jurisdiction import Level, contains
from comms.domain.order import JurisdictionTarget, TalkgroupTarget, UnitsTarget
from console.store.store import Store
from ui.search.finder import grid_name
from ui.text import Texts


class FencePeople:
    """Fills two boxes of the sheet. What a fence says already is always among the choices, whatever it is."""

    def __init__(self, store: Store, text: Texts, parent: QWidget) -> None:
        self._store = store
        self._text = text
        self.watched, self.told = QComboBox(parent), QComboBox(parent)
        self._subjects: list[FenceSubject] = []
        self._owners: list[JurisdictionId] = []

    def fill(self, fence: Fence, picked: tuple[UnitId, ...]) -> None:
        nodes = self._nodes()
        groups = [key for key, state in self._store.picture.talkgroups.items() if state.ad_hoc is None]
        subjects: list[FenceSubject] = [fence.subject, *((UnitsTarget(picked),) if picked else ())]
        subjects += [JurisdictionTarget(node) for node in nodes]
        subjects += [TalkgroupTarget(key) for key in groups]
        self._subjects = list(dict.fromkeys(subjects))
        self._owners = list(dict.fromkeys([fence.jurisdiction_id, *nodes]))
        self.watched.clear()
        self.watched.addItems([self._words(subject) for subject in self._subjects])
        self.told.clear()
        self.told.addItems(
            [self._text("fence.told_node", name=grid_name(self._store, owner)) for owner in self._owners]
        )

    def _nodes(self) -> list[JurisdictionId]:
        """From the officer's own node down to villages: a grid has no officers."""
        session, nodes = self._store.session, self._store.picture.jurisdictions
        own = session.jurisdiction_id if session is not None else JurisdictionId("")
        return [key for key, node in nodes.items() if node.level is not Level.GRID and contains(own, key)]

    @property
    def subject(self) -> FenceSubject:
        return self._subjects[self.watched.currentIndex()]

    @property
    def jurisdiction_id(self) -> JurisdictionId:
        return self._owners[self.told.currentIndex()]

    def choose(self, subject: FenceSubject, jurisdiction_id: JurisdictionId) -> None:
        self.watched.setCurrentIndex(self._subjects.index(subject))
        self.told.setCurrentIndex(self._owners.index(jurisdiction_id))

    def _words(self, subject: FenceSubject) -> str:
        picture = self._store.picture
        match subject:
            case UnitsTarget(unit_ids=unit_ids):
                first = picture.units.get(unit_ids[0]) if unit_ids else None
                name = first.unit.name if first is not None else ""
                return self._text("fence.watched_units", name=name, count=len(unit_ids))
            case TalkgroupTarget(talkgroup_id=talkgroup_id):
                group = picture.talkgroups.get(talkgroup_id)
                name = group.talkgroup.name if group is not None else talkgroup_id
                return self._text("fence.watched_group", name=name)
            case JurisdictionTarget(jurisdiction_id=jurisdiction_id):
                return self._text("fence.watched_node", name=grid_name(self._store, jurisdiction_id))
