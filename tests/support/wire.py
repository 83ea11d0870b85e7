"""Two networks of this machine and a wire between them that loses, delays, reorders and breaks: real sockets, real TCP.

Each network is a namespace of the kernel's with a TUN device; this process carries the packets from one to the other
and does to them what `tc netem` would, which not every kernel has. Needs root; `why_not` says what is missing.
"""

import asyncio
import ctypes
import fcntl
import os
import random
import shutil
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

HERE, THERE = "10.77.0.2", "10.77.0.1"
"""This end's address and the other's."""
_DEVICE = "wire"
_TUNSETIFF = 0x400454CA
_TUN_WITHOUT_HEAD = 0x0001 | 0x1000
_CLONE_NEWNET = 0x40000000
_MOST_BYTES = 65_536
_libc = ctypes.CDLL(None, use_errno=True)


ASKED_FOR = "NETWORK_FAULTS"


def why_not() -> str:
    """Why there can be no wire here; empty when there can."""
    if os.geteuid() != 0:
        return "needs root"
    if not os.environ.get(ASKED_FOR):
        return "takes a network of its own and its time: `make faults`"
    if shutil.which("ip") is None:
        return "needs iproute2"
    if not os.path.exists("/dev/net/tun"):
        return "needs /dev/net/tun"
    found = subprocess.run(["ip", "netns", "add", f"wd-try-{os.getpid()}"], capture_output=True, check=False)
    if found.returncode != 0:
        return "needs the right to make network namespaces"
    subprocess.run(["ip", "netns", "del", f"wd-try-{os.getpid()}"], check=True)
    return ""


@dataclass(slots=True)
class Weather:
    """What befalls each packet, each way. Shares are 0 to 1."""

    loss: float = 0.0
    delay_s: float = 0.0
    jitter_s: float = 0.0
    """Up to so much more, drawn for each packet: later ones overtake."""
    is_cut: bool = False


class Wire:
    def __init__(self, *, seed: int) -> None:
        self.weather = Weather()
        self.carried = self.lost = 0
        self._dice = random.Random(seed)
        self.names = tuple(f"wd-{end}-{os.getpid()}" for end in ("there", "here"))
        self._ends: list[int] = []

    @property
    def there(self) -> str:
        """The namespace in which a gateway is started."""
        return self.names[0]

    def open(self) -> None:
        for name, own, other in zip(self.names, (THERE, HERE), (HERE, THERE), strict=True):
            _ip("netns", "add", name)
            self._ends.append(_tun_in(name))
            for words in (
                ("addr", "add", own, "peer", other, "dev", _DEVICE),
                ("link", "set", _DEVICE, "up"),
                ("link", "set", "lo", "up"),
            ):
                _ip("-n", name, *words)

    def start(self) -> None:
        """Carry, on the running loop."""
        loop = asyncio.get_running_loop()
        one, other = self._ends
        loop.add_reader(one, self._carry, one, other)
        loop.add_reader(other, self._carry, other, one)

    def stop(self) -> None:
        for end in self._ends:
            asyncio.get_running_loop().remove_reader(end)

    def close(self) -> None:
        for end in self._ends:
            os.close(end)
        for name in self.names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)

    def _carry(self, source: int, target: int) -> None:
        weather = self.weather
        with suppress(BlockingIOError):
            while True:
                packet = os.read(source, _MOST_BYTES)
                if weather.is_cut or self._dice.random() < weather.loss:
                    self.lost += 1
                    continue
                wait_s = weather.delay_s + self._dice.uniform(0.0, weather.jitter_s)
                if wait_s:
                    asyncio.get_running_loop().call_later(wait_s, self._give, target, packet)
                else:
                    self._give(target, packet)

    def _give(self, target: int, packet: bytes) -> None:
        if not self.weather.is_cut:
            self.carried += 1
            with suppress(OSError):
                os.write(target, packet)


@contextmanager
def inside(name: str) -> Iterator[None]:
    """This thread's new sockets, and the processes it starts, are in that namespace."""
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        _enter(name)
        yield
    finally:
        _set(own)
        os.close(own)


def _tun_in(name: str) -> int:
    """A TUN device in the namespace, by its file."""
    made: list[int] = []

    def make() -> None:  # a thread of its own: which network one is in belongs to the thread
        _enter(name)
        file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(file, _TUNSETIFF, struct.pack("16sH22x", _DEVICE.encode(), _TUN_WITHOUT_HEAD))
        made.append(file)

    thread = threading.Thread(target=make, name="tun")
    thread.start()
    thread.join()
    return made[0]


def _enter(name: str) -> None:
    file = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        _set(file)
    finally:
        os.close(file)


def _set(file: int) -> None:
    if _libc.setns(file, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "the network namespace cannot be entered")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
