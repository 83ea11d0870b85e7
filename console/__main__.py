"""`python -m console`: the desk. `--demo` brings a gateway and a sample town; `--rehearse` plays a duty minute;
`--replay` shows a journal, or one that was exported to a file, as a desk without a gateway."""

import argparse
import asyncio
import getpass
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import qasync
from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from comms.link.clock import WallClock
from comms.media.cleaner import load_cleaner
from comms.media.portaudio import PortAudio
from console.app import Desk
from console.collecting import collecting_here
from console.drill.host import PASSWORD_NAME, DrillHost
from console.embedded import EmbeddedError, EmbeddedTown, Town
from console.front import Front
from console.log import close_log, default_folder, open_log
from console.media.audio import Audio, CardAudio
from console.rehearsal import rehearse
from console.replay_app import run_replay
from console.review_options import add_review_options, run_review
from console.session.trust import OWN_NAME, TRUST_NAME, CertificateFileError, keep_own
from console.settings import Loaded, Settings, SettingsFile, default_path
from ui.theme import prepare

SWITCH_S = 0.0002
"""A thread that wants the interpreter gets it after so long. While a city is loaded three workers take turns before the
screen: at 1 ms that made two to eight stalls of over 50 ms."""
DEMO_FOLDER = Path("build/run")
EXIT_NOT_STARTED = 2
CERTIFICATE_PASSWORD_NAME = "WANGGE_CERTIFICATE_PASSWORD"


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m console", description=__doc__)
    parser.add_argument("--url", help="of the gateway, such as ws://127.0.0.1:8470/v1; else as last time")
    parser.add_argument(
        "--user", help=f"name to sign in with; the password is asked for, or is {PASSWORD_NAME} in the environment"
    )
    parser.add_argument("--demo", action="store_true", help="with a gateway, the sample town and simulated terminals")
    parser.add_argument("--rehearse", action="store_true", help="play one duty minute, write a report, and end")
    parser.add_argument("--replay", type=Path, metavar="PATH", help="a data directory or an exported .wgreplay file")
    parser.add_argument(
        "--at", type=float, metavar="SECOND", help="of --replay: a Unix second, or seconds after the beginning"
    )
    parser.add_argument("--ghost", type=Path, metavar="PATH", help="of --replay: another run of it, shown beside")
    parser.add_argument("--pictures", type=Path, help="where --rehearse puts its pictures")
    parser.add_argument("--units", type=int, default=Town().units, help="terminals of the demonstration")
    parser.add_argument("--folder", type=Path, default=DEMO_FOLDER, help="where the demonstration keeps its data")
    parser.add_argument("--settings", type=Path, default=default_path(), help="the settings file")
    parser.add_argument(
        "--certificate",
        type=Path,
        metavar="FILE",
        help="take over this desk's certificate (.p12 or .pem) and keep it beside the settings; a .p12's password is "
        f"asked for, or is {CERTIFICATE_PASSWORD_NAME} in the environment",
    )
    parser.add_argument("--verbose", action="store_true", help="write more to the log")
    add_review_options(parser)
    return parser.parse_args(arguments)


def make_audio(settings: Settings) -> Audio:
    cleaner = load_cleaner() if settings.is_echo_cancelled else None
    return CardAudio(PortAudio(), cleaner=cleaner, microphone=settings.microphone, speaker=settings.speaker)


def _loaded(options: argparse.Namespace) -> tuple[SettingsFile, Loaded]:
    file = SettingsFile(options.settings)
    return file, file.load()


async def run_desk(options: argparse.Namespace) -> int:
    """Until the officer closes the window."""
    file, loaded = _loaded(options)
    desk = Desk(
        clock=WallClock(),
        make_audio=lambda: make_audio(loaded.settings),
        locale=loaded.settings.locale,
        host=DrillHost(file.path),
        trust=file.path.with_name(TRUST_NAME),
        own=file.path.with_name(OWN_NAME),
    )
    password = os.environ.pop(PASSWORD_NAME, "")
    front = Front(desk, file=file, loaded=loaded, url=options.url, officer_name=options.user)
    with EndSignals(front.window.close):
        front.window.show()
        town = _demo_town(options) if options.demo else None
        try:
            if town is not None:
                desk.tasks.spawn(begin_demo(desk, front, town))
            elif password and options.url and options.user:
                desk.tasks.spawn(desk.connect(options.url, sign_in=(options.user, password)))
            else:
                front.ask_sign_in()
            await front.closed
        finally:
            front.close()
            if town is not None:
                await asyncio.wrap_future(desk.comms.submit(town.stop))
            await desk.close()
    return 0


async def show_replay(options: argparse.Namespace) -> int:
    file, loaded = _loaded(options)
    settings = loaded.settings
    code = await run_replay(
        options.replay,
        options.at,
        clock=WallClock(),
        make_audio=lambda: make_audio(settings),
        settings=settings,
        settings_path=file.path,
        ghost=options.ghost,
    )
    return EXIT_NOT_STARTED if code is None else code


def _demo_town(options: argparse.Namespace) -> EmbeddedTown:
    return EmbeddedTown(options.folder / "demo", Town(units=options.units), is_lively=True)


async def begin_demo(desk: Desk, front: Front, town: EmbeddedTown) -> None:
    front.say("ok", "toast.demo_starts")
    try:
        await asyncio.wrap_future(desk.comms.submit(town.start))
    except (EmbeddedError, OSError) as error:
        front.say("danger", "toast.demo_failed", str(error))
        return
    await desk.connect(town.url, sign_in=town.sign_in())


class EndSignals:
    """SIGINT and SIGTERM close the window in order; Qt's own loop would not let Python see them."""

    def __init__(self, end: Callable[[], object]) -> None:
        self._end = end

    def __enter__(self) -> None:
        self._read, self._write = socket.socketpair()
        self._write.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._on_signal)
        self._previous = [(name, signal.signal(name, _ignore)) for name in (signal.SIGINT, signal.SIGTERM)]
        self._previous_fd = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)

    def __exit__(self, *_: object) -> None:
        signal.set_wakeup_fd(self._previous_fd)
        for name, handler in self._previous:
            signal.signal(name, handler)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    def _on_signal(self) -> None:
        self._read.recv(64)
        self._end()


def _ignore(_number: int, _frame: object) -> None:
    """The wake-up byte says it; without a handler Python would not write one."""


def _has_display() -> bool:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in names)


def _keep_certificate(options: argparse.Namespace) -> None:
    """Raises CertificateFileError or OSError."""
    if options.certificate is None:
        return
    password = os.environ.pop(CERTIFICATE_PASSWORD_NAME, "")
    if not password and options.certificate.suffix == ".p12":
        password = getpass.getpass(f"{options.certificate}: ")
    keep_own(options.certificate, options.settings.with_name(OWN_NAME), password)


def _work(options: argparse.Namespace) -> Coroutine[Any, Any, int]:
    if options.replay is not None:
        return show_replay(options)
    return rehearse(options) if options.rehearse else run_desk(options)


def main() -> int:
    sys.setswitchinterval(SWITCH_S)
    options = parse(sys.argv[1:])
    if options.rehearse:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    elif not _has_display():
        sys.stderr.write("There is no display to show the desk on; --rehearse plays a duty minute without one.\n")
        return EXIT_NOT_STARTED
    if options.review is not None:
        return run_review(options)
    try:
        _keep_certificate(options)
    except (CertificateFileError, OSError) as error:
        sys.stderr.write(f"The desk's certificate cannot be used. {error}\n")
        return EXIT_NOT_STARTED
    handler = open_log(default_folder(), is_verbose=options.verbose)
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    prepare(application)
    loop = qasync.QEventLoop(application)
    asyncio.set_event_loop(loop)
    try:
        with collecting_here(), loop:
            code: int = loop.run_until_complete(_work(options))
            return code
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_NOT_STARTED
    finally:
        logging.shutdown()
        close_log(handler)


if __name__ == "__main__":
    sys.exit(main())
