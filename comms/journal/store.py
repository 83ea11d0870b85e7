"""Where accounts live: the gateway's journal, or a database opened by the command line."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from sqlalchemy.engine import Connection

T = TypeVar("T")


class Reader(Protocol):
    async def read(self, query: Callable[[Connection], T]) -> T: ...


class Store(Reader, Protocol):
    async def change(self, write: Callable[[Connection], T]) -> T: ...
