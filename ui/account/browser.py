"""The machine's own browser, in which one proves who one is."""

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def open_page(url: str) -> bool:
    """False when there is none."""
    return QDesktopServices.openUrl(QUrl(url, QUrl.ParsingMode.StrictMode))
