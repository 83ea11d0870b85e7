"""Who is told of what changed in the Store."""

from collections.abc import Callable, Iterable

from console.store.notices import Notice

Subscriber = Callable[[Notice], None]


class Subscribers:
    def __init__(self) -> None:
        self._callbacks: list[Subscriber] = []

    def add(self, callback: Subscriber) -> Callable[[], None]:
        """Until the returned function is called."""
        self._callbacks.append(callback)

        def unsubscribe() -> None:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

        return unsubscribe

    def tell(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            for callback in tuple(self._callbacks):
                callback(notice)
