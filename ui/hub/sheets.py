"""The hub's sheets, made when they are first asked for."""

from typing import TYPE_CHECKING

from ui.hub.confirm_sheet import ConfirmSheet
from ui.hub.merge_sheet import MergeSheet

if TYPE_CHECKING:
    from ui.workplace import Workplace


def make_merge_sheet(place: "Workplace") -> MergeSheet:
    return MergeSheet(place.host, store=place.store, controls=place.controls, look=place.look, text=place.text)


def make_confirm_sheet(place: "Workplace") -> ConfirmSheet:
    return ConfirmSheet(place.host, bulk=place.controls.hub.bulk, look=place.look, text=place.text)
