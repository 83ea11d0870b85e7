"""From the threads of a replay to the interface's: emit on any of them, it arrives on the window's."""

from PySide6.QtCore import QObject, Signal


class ReplayCrossing(QObject):
    more = Signal()
    """More was gone through, or something was seen not to be as it was written."""
    decoded = Signal()
    """A recording is ready to be heard and drawn."""
