"""Many datagrams in one call of the kernel (`sendmmsg`, Linux).

Sending singly, the kernel's code and libsrtp's drive each other out of the processor's first cache at every packet:
17.0 µs a listener for encrypting and sending by turns, 12.5 µs when 64 are encrypted and then sent (1,165 listeners,
AES-GCM, loopback). Larger batches gain nothing more and make the first listener wait.
"""

import ctypes
import socket
import struct
from typing import Any

import numpy as np
from pylibsrtp._binding import ffi

from comms.media.stun import Address

CAPACITY = 64
SLOT_BYTES = 2048
_IPV4_NAME, _IPV6_NAME = struct.Struct("=HH4s8x"), struct.Struct("=HHI16sI")


class _Vector(ctypes.Structure):
    """`struct iovec`."""

    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class _Header(ctypes.Structure):
    """`struct msghdr`."""

    _fields_ = [
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("vectors", ctypes.c_void_p),
        ("vector_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    ]


class _Message(ctypes.Structure):
    """`struct mmsghdr`."""

    _fields_ = [("header", _Header), ("sent_bytes", ctypes.c_uint)]


def packed_name(family: int, address: Address) -> bytes:
    """The address as the kernel takes it."""
    host, port = address
    if family == socket.AF_INET6:
        return _IPV6_NAME.pack(family, socket.htons(port), 0, socket.inet_pton(family, host), 0)
    return _IPV4_NAME.pack(family, socket.htons(port), socket.inet_aton(host))


class Batch:
    """`CAPACITY` slots of memory. The owner writes datagrams and names into slots 0 to n - 1, then calls `send(n)`.

    `memory` (CAPACITY, SLOT_BYTES) uint8, `lengths` int32 and `names` (CAPACITY, bytes of an address) uint8 are to be
    written; `pointers` and `length_pointers` are libsrtp's view of the same, by slot."""

    def __init__(self, sock: socket.socket) -> None:
        self.family = sock.family
        name_bytes = _IPV6_NAME.size if sock.family == socket.AF_INET6 else _IPV4_NAME.size
        self._sock = sock
        self._memory = ffi.new("char[]", CAPACITY * SLOT_BYTES)
        self._lengths = ffi.new("int[]", CAPACITY)
        self.buffer: Any = memoryview(ffi.buffer(self._memory))
        self.memory = np.frombuffer(self.buffer, np.uint8).reshape(CAPACITY, SLOT_BYTES)
        self.lengths = np.frombuffer(ffi.buffer(self._lengths), np.int32)
        self.pointers: list[Any] = [self._memory + slot * SLOT_BYTES for slot in range(CAPACITY)]
        self.length_pointers: list[Any] = [self._lengths + slot for slot in range(CAPACITY)]
        self.names = np.zeros((CAPACITY, name_bytes), np.uint8)
        self._vectors = (_Vector * CAPACITY)()
        self._messages = (_Message * CAPACITY)()
        self._vector_lengths = np.frombuffer(memoryview(self._vectors).cast("B"), np.uintp).reshape(CAPACITY, 2)[:, 1]
        self._link()
        # PyDLL keeps the interpreter's lock: given up at every batch, a busy worker thread would take 5 ms each time.
        self._sendmmsg = ctypes.PyDLL(None).sendmmsg
        self._sendmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)

    def _link(self) -> None:
        memory, (_, name_bytes) = int(ffi.cast("uintptr_t", self._memory)), self.names.shape
        for slot, (vector, message) in enumerate(zip(self._vectors, self._messages, strict=True)):
            vector.base = memory + slot * SLOT_BYTES
            header = message.header
            header.name, header.name_length = self.names[slot].ctypes.data, name_bytes
            header.vectors, header.vector_count = ctypes.addressof(vector), 1

    def strike(self, slot: int) -> None:
        """Nothing goes out from this slot: an address of zeros is nowhere, and the kernel refuses it."""
        self.names[slot] = 0

    def send(self, count: int) -> int:
        """How many of the first `count` slots the kernel took. One it refuses does not keep back the next."""
        self._vector_lengths[:count] = self.lengths[:count]
        first, size, file_number = ctypes.addressof(self._messages), ctypes.sizeof(_Message), self._sock.fileno()
        taken = at = 0
        while at < count:
            sent = self._sendmmsg(file_number, first + at * size, count - at, 0)
            taken += max(sent, 0)
            at += max(sent, 1)
        return taken
