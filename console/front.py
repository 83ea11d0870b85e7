"""The desk's window: signing in, keeping what the officer chose, and the last border for exceptions."""

import asyncio
import logging
import sys
from pathlib import Path
from types import TracebackType

import msgspec

from console.actions.issuer import IssuerProof
from console.actions.terrain import load_routing
from console.app import Desk
from console.browser_sign_in import BrowserSignIn
from console.collecting import keep_what_was_learnt
from console.layers.shelf import FileShelf, LayerShelf
from console.settings import Loaded, Settings, SettingsFile
from console.store.link import LinkPhase
from console.store.notices import AreaLoaded, LinkChanged, Notice, Reset, Warned
from ui.desk_observer import DeskObserver
from ui.dialogs.sign_in import SignInDialog, SignInForm
from ui.drill.host_sheet import HostSheet
from ui.main_window import MainWindow
from ui.panels.alerts import no_gateway
from ui.text import Texts
from ui.theme import DARK, THEMES, Look

_log = logging.getLogger(__name__)


class Front:
    """On the interface's thread. `closed` is done when the officer closed the window."""

    def __init__(
        self, desk: Desk, *, file: SettingsFile, loaded: Loaded, url: str | None = None, officer_name: str | None = None
    ) -> None:
        """`url` and `officer_name` stand in for those of last time."""
        load_routing()
        self._desk = desk
        self._file = file
        self._settings = settings = loaded.settings
        self._url = url or settings.url
        self._officer_name = officer_name or settings.officer_name
        self._dialog: SignInDialog | None = None
        self._awaits_drills = False
        self.text = Texts(settings.locale)
        self._browser = BrowserSignIn(desk, self.text, self._sign_in)
        self.look = Look(THEMES.get(settings.theme, DARK))
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.window = MainWindow(
            store=desk.store,
            actions=desk.actions,
            board=desk.board,
            playback=desk,
            devices=desk.audio,
            spawn=desk.tasks.spawn,
            text=self.text,
            look=self.look,
            settings=settings,
        )
        self.window.settingsChanged.connect(self._keep)
        self.window.layer_desk.keep_on(LayerShelf(file.path.with_name("layers.json")))
        self.window.layer_desk.notKept.connect(self._say_not_kept)
        self.window.layer_desk.files.notKept.connect(self._say_not_kept)
        self.window.layer_desk.files.keep_on(FileShelf(file.path.with_name("layer_files.json")))
        self.window.signOutWanted.connect(self._sign_out)
        self.window.closed.connect(self._on_closed)
        DeskObserver(self.window, store=desk.store, duty=desk.actions.duty, spawn=desk.tasks.spawn)
        self._unsubscribe = desk.store.subscribe(self._on_notice)
        self._previous_hook = sys.excepthook
        sys.excepthook = self._on_exception
        desk.set_volume(settings.volume)
        if loaded.fault:
            self.say("warn", "toast.settings_put_aside", loaded.fault, where=str(loaded.put_aside or file.path))

    def say(self, tone: str, key: str, detail: str = "", **values: object) -> None:
        """A toast; tones are `danger`, `warn` and `ok`."""
        self.window.acting.tell(tone, self.text(key, **values), detail)

    def close(self) -> None:
        """Undo what outlives the window."""
        sys.excepthook = self._previous_hook
        self._unsubscribe()
        self._end_dialog()
        self.window.close()
        self.window.deleteLater()

    def _say_not_kept(self, fault: str) -> None:
        self.say("warn", "toast.settings_not_kept", fault)

    # --- signing in -----------------------------------------------------------------------------------

    def ask_sign_in(self, sentence: str = "") -> None:
        """Show the dialog, or say in it why it did not work."""
        if self._dialog is None:
            self._dialog = dialog = SignInDialog(
                look=self.look,
                text=self.text,
                url=self._url,
                name=self._officer_name,
                parent=self.window,
            )
            dialog.submitted.connect(self._submit)
            dialog.languageChosen.connect(self._choose_language)
            dialog.drillsWanted.connect(self._open_drills)
            dialog.issuerWanted.connect(self._want_issuer)
            dialog.own_certificate.given.connect(self._take_certificate)
            dialog.issuerGivenUp.connect(self._browser.cancel)
            dialog.open()
        if sentence:
            self._dialog.show_error(sentence)

    def _open_drills(self) -> None:
        """Without signing in here: a drill needs no live gateway. The dialog comes back when its sheet goes."""
        if self.window.lock.is_locked:
            return
        self._end_dialog()
        sheet = self.window.shows.work_sheets.sheet("drills")
        self.window.shows.show("drills")
        if isinstance(sheet, HostSheet) and not self._awaits_drills:
            self._awaits_drills = True
            sheet.left.connect(self._ask_again)

    def _ask_again(self) -> None:
        if not self._desk.is_connected:
            self.ask_sign_in()

    def _want_issuer(self, url: str) -> None:
        self.window.keep_settings(msgspec.structs.replace(self.window.settings, url=url))
        if self._dialog is not None:
            self._browser.begin(self._dialog, url)

    def _take_certificate(self, file: str, password: str) -> None:
        """The next try is a connection of its own, which shows it."""
        if self._dialog is not None:
            self._dialog.own_certificate.tell(self._desk.take_certificate(Path(file), password))
            self._desk.tasks.spawn(self._desk.disconnect())

    def _submit(self, form: SignInForm) -> None:
        if form.is_by_issuer:
            self._browser.once_more(form.code)
            return
        self.window.keep_settings(msgspec.structs.replace(self.window.settings, url=form.url, officer_name=form.name))
        self._desk.tasks.spawn(self._sign_in(form.url, form.typed))

    async def _sign_in(self, url: str, shown: tuple[str, ...] | IssuerProof) -> None:
        if url == self._url and self._desk.is_connected:
            self._desk.sign_in_by(shown)
        else:
            self._url = url
            await self._desk.connect(url, sign_in=shown)

    def _sign_out(self) -> None:
        self.window.acting.start(self._desk.actions.duty.sign_out())

    def _end_dialog(self) -> None:
        self._browser.cancel()
        dialog, self._dialog = self._dialog, None
        if dialog is not None:
            dialog.close()
            dialog.deleteLater()

    # --- what is told -----------------------------------------------------------------------------------

    def _on_notice(self, notice: Notice) -> None:
        match notice:
            case LinkChanged():
                self._follow_link()
            case Reset() | AreaLoaded():
                keep_what_was_learnt()
            case Warned():
                self.window.acting.tell("danger", notice.text, notice.code.value)
            case _:
                pass

    def _follow_link(self) -> None:
        link = self._desk.store.link
        match link.phase:
            case LinkPhase.ONLINE:
                if self._dialog is not None:
                    self.window.lock.lift()  # whoever signed in has just typed the password
                self._end_dialog()
            case LinkPhase.REFUSED:
                self.ask_sign_in(link.refused.text if link.refused is not None else link.detail)
                if self._dialog is not None and link.refused is not None:
                    self._dialog.ask_for(link.refused.code)
                    self._dialog.own_certificate.offer(link.refused.code)
            case LinkPhase.WAITING if self._dialog is not None:
                self._dialog.show_error(link.refused.text if link.refused else no_gateway(link, self.text))
                self._dialog.own_certificate.offer(link.cause)
            case _:
                pass

    # --- what is kept -----------------------------------------------------------------------------------

    def _choose_language(self) -> None:
        self.window.keep_settings(msgspec.structs.replace(self.window.settings, locale=self.text.locale))

    def _keep(self, settings: Settings) -> None:
        self._settings = settings
        self._desk.set_volume(settings.volume)
        self._desk.choose_devices(microphone=settings.microphone, speaker=settings.speaker)
        try:
            self._file.save(settings)
        except OSError as error:
            _log.warning("settings could not be kept: %s", error)
            self.say("warn", "toast.settings_not_kept", str(error))

    def _on_closed(self) -> None:
        self._keep(msgspec.structs.replace(self._settings, window=self.window.window_words()))
        if not self.closed.done():
            self.closed.set_result(None)

    # --- the last border --------------------------------------------------------------------------------

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """A fault of the interface: written down and said; the desk goes on."""
        if not issubclass(kind, Exception):
            self._previous_hook(kind, error, trace)
            return
        _log.error("a fault in the interface", exc_info=(kind, error, trace))
        self.say("danger", "toast.action_failed", f"{kind.__name__}: {error}")
