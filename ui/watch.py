"""Following the Store for as long as a widget or model lives."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from console.store.store import Store
from console.store.subscribers import Subscriber


def follow(follower: QObject, store: Store, callback: Subscriber) -> None:
    """Call `callback` with every notice until `follower` is destroyed."""
    follower.destroyed.connect(_Ending(store.subscribe(callback)))


class _Ending:
    """Ends a subscription, once; holds nothing of the follower but what the Store held anyway."""

    def __init__(self, unsubscribe: Callable[[], None]) -> None:
        self._unsubscribe = unsubscribe

    def __call__(self, *_: object) -> None:
        self._unsubscribe()
