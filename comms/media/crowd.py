"""The listeners of a route, and what their datagrams differ in as columns, so that only the encryption is a loop.

Columns serve as long as nothing about the listeners changes: a listener who comes, goes, connects, or begins anew has
them dropped; a phone that moved to another address is noticed at the next packet.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from operator import is_
from typing import Any

import numpy as np
from numpy.typing import NDArray

from comms.media.batch import CAPACITY, packed_name
from comms.media.outgoing import OutgoingStream
from comms.media.stun import Address
from comms.media.transport import LiteTransport


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Up to `CAPACITY` listeners who all follow the same numbering. Arrays have a row a listener."""

    payload_types: NDArray[np.uint8]
    ssrcs: NDArray[np.uint32]
    sequence_offsets: NDArray[np.uint32]
    timestamp_offsets: NDArray[np.uint32]
    names: NDArray[np.uint8]
    handles: tuple[Any, ...]
    transports: tuple[LiteTransport, ...]
    addresses: tuple[Address, ...]

    def has_moved(self) -> bool:
        """Somebody's media goes elsewhere now."""
        return not all(map(is_, self.addresses, [transport.address for transport in self.transports]))


class Crowd:
    """`members` in the order in which a packet goes out to them."""

    def __init__(self) -> None:
        self.members: list[OutgoingStream] = []
        self._columns: list[Columns] | None = None

    def __contains__(self, out: OutgoingStream) -> bool:
        return out in self.members

    def add(self, out: OutgoingStream, *, goes_first: bool) -> None:
        self.members.insert(0 if goes_first else len(self.members), out)
        self.forget()

    def remove(self, out: OutgoingStream) -> None:
        if out in self.members:
            self.members.remove(out)
            self.forget()

    def keep_connected(self, known: Iterable[OutgoingStream]) -> None:
        """Somebody of `known` has connected or is lost; whoever stays keeps his turn."""
        kept = {id(out): out for out in self.members if out.handle is not None}
        self.members = [*kept.values(), *(out for out in known if out.handle is not None and id(out) not in kept)]
        self.forget()

    def clear(self) -> None:
        self.members = []
        self.forget()

    def forget(self) -> None:
        self._columns = None

    def columns(self, epoch: int, family: int) -> list[Columns] | None:
        """None while somebody has still to begin with the numbering `epoch`, or has just moved."""
        if self._columns is None and all(out.epoch == epoch for out in self.members):
            batches = (self.members[at : at + CAPACITY] for at in range(0, len(self.members), CAPACITY))
            self._columns = [_columns(batch, family) for batch in batches]
        elif self._columns is not None and any(columns.has_moved() for columns in self._columns):
            self.forget()
        return self._columns


def _columns(batch: list[OutgoingStream], family: int) -> Columns:
    addresses = tuple(out.transport.address for out in batch)
    names = [packed_name(family, address) for address in addresses]
    return Columns(
        payload_types=np.array([out.payload_type for out in batch], np.uint8),
        ssrcs=np.array([out.ssrc for out in batch], np.uint32),
        sequence_offsets=np.array([out.sequence_offset for out in batch], np.uint32),
        timestamp_offsets=np.array([out.timestamp_offset for out in batch], np.uint32),
        names=np.frombuffer(b"".join(names), np.uint8).reshape(len(batch), -1),
        handles=tuple(out.handle for out in batch),
        transports=tuple(out.transport for out in batch),
        addresses=addresses,
    )
