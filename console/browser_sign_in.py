"""From the sign-in window to the identity service in the browser, and back. Interface's thread."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from comms.protocol.pushes import Refused
from console.actions.issuer import IssuerProof
from console.actions.requester import Unsent
from console.app import Desk
from console.store.link import LinkState
from ui.account.browser import open_page
from ui.dialogs.sign_in import SignInDialog
from ui.panels.alerts import no_gateway
from ui.text import Texts


class BrowserSignIn:
    """`show` brings a proof to the gateway at a url."""

    def __init__(self, desk: Desk, text: Texts, show: Callable[[str, IssuerProof], Awaitable[None]]) -> None:
        self._desk, self._text, self._show = desk, text, show
        self._task: asyncio.Task[None] | None = None
        self._url = ""
        self._proof: IssuerProof | None = None

    def begin(self, dialog: SignInDialog, url: str) -> None:
        self.cancel()
        dialog.show_browser()
        self._task = self._desk.tasks.spawn(self._go(dialog, url))

    def cancel(self) -> None:
        """Whatever the browser still brings comes too late."""
        task, self._task, self._proof = self._task, None, None
        if task is not None:
            task.cancel()

    def once_more(self, second_factor: str) -> None:
        """The gateway asks for a second factor that the issuer has not seen."""
        if self._proof is not None:
            proof = msgspec.structs.replace(self._proof, second_factor=second_factor)
            self._desk.tasks.spawn(self._shown(proof))

    async def _go(self, dialog: SignInDialog, url: str) -> None:
        answer = await self._desk.prove_by_issuer(url, open_page, self._text.locale)
        self._task = None
        match answer:
            case IssuerProof():
                self._url, self._proof = url, answer
                await self._shown(answer)
            case Refused():
                dialog.show_error(answer.text)
                dialog.own_certificate.offer(answer.code)
            case LinkState():
                dialog.show_error(no_gateway(answer, self._text))
                dialog.own_certificate.offer(answer.cause)
            case Unsent():
                dialog.show_error(self._text("toast.no_gateway"))

    async def _shown(self, proof: IssuerProof) -> None:
        await self._show(self._url, proof)
