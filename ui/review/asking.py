"""Asking for the directory of a drill, or a folder of such."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from console.drill.run import Run


def ask_folder(title: str, run: Run | None, chosen: Callable[[Path], None], parent: QWidget) -> None:
    """Begins where the drill lies that is shown."""
    dialog = QFileDialog(parent, title)
    dialog.setObjectName("review_folder_dialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    if run is not None:
        dialog.setDirectory(str(run.data.parent))
    dialog.fileSelected.connect(lambda path: chosen(Path(path)))
    dialog.open()
