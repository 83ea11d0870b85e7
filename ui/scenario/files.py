"""Asking for files, without holding up the desk meanwhile."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from console.scenario.exchange import SUFFIXES
from ui.text import Texts

Then = Callable[[Path], None]


def ask_open(parent: QWidget, text: Texts, folder: Path, then: Then) -> QFileDialog:
    dialog = QFileDialog(parent, text("scenario.shelf.file"), str(folder))
    dialog.setNameFilter(f"{text('scenario.files')} (*.yaml *.yml)")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _asked(dialog, then)


def ask_take_in(parent: QWidget, text: Texts, then: Then) -> QFileDialog:
    dialog = QFileDialog(parent, text("scenario.shelf.take_in"))
    dialog.setNameFilter(f"{text('scenario.sheets')} ({' '.join(f'*{suffix}' for suffix in SUFFIXES)})")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return _asked(dialog, then)


def ask_export(parent: QWidget, text: Texts, path: Path, then: Then) -> QFileDialog:
    dialog = QFileDialog(parent, text("scenario.bar.export"), str(path.with_suffix(".xlsx").name))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    names = {
        ".yaml": "scenario.files",
        ".xlsx": "scenario.msel_xlsx",
        ".csv": "scenario.msel_csv",
        ".json": "scenario.cexf",
    }
    dialog.setNameFilters([f"{text(name)} (*{suffix})" for suffix, name in names.items()])
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(chosen.rpartition("*.")[2].rstrip(")")))
    dialog.setDefaultSuffix("xlsx")
    return _asked(dialog, then)


def _asked(dialog: QFileDialog, then: Then) -> QFileDialog:
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
