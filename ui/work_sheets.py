"""The sheets of the duty's longer work. Each is made when it is first asked for, so that no start waits for it."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from ui.case.sheet import CaseSheet
from ui.hub.sheets import make_confirm_sheet, make_merge_sheet
from ui.plan.sheet import PlanSheet
from ui.workplace import Workplace


class Floating(Protocol):
    """What lies over the window until it is dismissed."""

    def isVisible(self) -> bool: ...
    def dismiss(self) -> None: ...


class WorkSheet(Floating, Protocol):
    """A Sheet that can be opened from a command."""

    def open(self) -> None: ...


@runtime_checkable
class PicksScenario(Protocol):
    def pick_scenario(self, path: str) -> None:
        """Of those it lists, once it has listed them."""
        ...


Maker = Callable[[Workplace], WorkSheet]


def _bulletin(place: Workplace) -> WorkSheet:
    from ui.bulletin.sheet import BulletinSheet

    return BulletinSheet(place)


def _of_duty(page: str) -> Maker:
    def make(place: Workplace) -> WorkSheet:
        from ui.duty.sheet import Opened

        return Opened(place, page)

    return make


def _patrol(place: Workplace) -> WorkSheet:
    from ui.patrol.making import make_patrol  # only who opens it needs it

    return make_patrol(place)


def _replay(place: Workplace) -> WorkSheet:
    from ui.replay.starts import ReplayStarts  # only who opens a recording needs it

    return ReplayStarts(place.host, place.acting, place.text)


MAKERS: dict[str, Maker] = {
    "case": CaseSheet,
    "duty": _of_duty("roster"),
    "duty_handover": _of_duty("handover"),
    "duty_log": _of_duty("log"),
    "hub_merge": make_merge_sheet,
    "hub_confirm": make_confirm_sheet,
    "bulletin": _bulletin,
    "plan": PlanSheet,
    "patrol": _patrol,
    "replay_open": _replay,
}
"""By the names that commands show."""


class WorkSheets:
    def __init__(self, place: Workplace, makers: dict[str, Maker] = MAKERS) -> None:
        self._place = place
        self._makers = makers
        self._made: dict[str, WorkSheet] = {}

    def open(self, name: str) -> None:
        """Raises KeyError for a name nobody makes a sheet for."""
        self.sheet(name).open()

    def sheet(self, name: str) -> WorkSheet:
        """The same one each time. Raises KeyError as `open` does."""
        if name not in self._made:
            self._made[name] = sheet = self._makers[name](self._place)
            if isinstance(sheet, QWidget):
                self._place.look.space(sheet)
        return self._made[name]

    def has(self, name: str) -> bool:
        return name in self._makers

    def adopt(self, name: str, sheet: WorkSheet) -> None:
        """One that was made elsewhere: it is opened by its name, and Esc closes it as the others."""
        self._made[name] = sheet

    @property
    def shown(self) -> str:
        """The name of the one that is open; empty without."""
        return next((name for name, sheet in self._made.items() if sheet.isVisible()), "")

    @property
    def sheets(self) -> tuple[WorkSheet, ...]:
        """Those that have been made."""
        return tuple(self._made.values())


def _quarantine(place: Workplace) -> WorkSheet:
    from ui.quarantine.sheet import QuarantineSheet  # it is made of a Workplace itself

    return QuarantineSheet(place)


MAKERS["quarantine"] = _quarantine


def _scenarios(place: Workplace) -> WorkSheet:
    from ui.scenario.desk import ScenarioDesk

    return ScenarioDesk(place)


def _review(_: Workplace) -> WorkSheet:
    from ui.review.child import ReviewChild  # a window of its own, in a process of its own

    return ReviewChild()


def _account(place: Workplace) -> WorkSheet:
    from ui.account.sheet import AccountSheet

    return AccountSheet(place)


def _access(place: Workplace) -> WorkSheet:
    from ui.account.access_sheet import AccessSheet

    return AccessSheet(place)


MAKERS |= {"account": _account, "access": _access, "scenarios": _scenarios, "review": _review}


def _director(place: Workplace) -> WorkSheet:
    from ui.drill.director import DirectorSheet  # only who directs a drill needs it

    return DirectorSheet(place)


def _drill_seats(place: Workplace) -> WorkSheet:
    from ui.drill.director_seats import SeatsSheet

    return SeatsSheet(place)


def _drills(place: Workplace) -> WorkSheet:
    from ui.drill.host_sheet import HostSheet

    return HostSheet(place)


def _support(place: Workplace) -> WorkSheet:
    from ui.support.desk_watch import DeskWatch
    from ui.support.sheet import SupportSheet  # only who looks after the desk needs it

    watch = place.host.findChild(DeskWatch) or DeskWatch(place.store, place.host)
    return SupportSheet(place, watch)


MAKERS["support"] = _support
MAKERS |= {"director": _director, "drill_seats": _drill_seats, "drills": _drills}
