"""What the sheets of the desk are made of."""

from collections.abc import Callable
from dataclasses import dataclass, field

from PySide6.QtWidgets import QWidget

from console.store.store import Store
from ui.acting import Acting
from ui.background import Background
from ui.controls import Controls
from ui.desk import Actions
from ui.layer.desk import LayerDesk
from ui.text import Texts
from ui.theme import Look


def _no_layers() -> LayerDesk:
    raise LookupError("there is no map here")


@dataclass(frozen=True, slots=True)
class Workplace:
    """What a sheet may be made of. `host` is what it lies over."""

    host: QWidget
    store: Store
    actions: Actions
    controls: Controls
    acting: Acting
    background: Background
    look: Look
    text: Texts
    layers: Callable[[], LayerDesk] = field(default=_no_layers)
    """Made with the map, after this."""
