"""No secret is written down: everything is logged there is to log, and none of what was shown at the door is in it."""

import argparse
import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from comms.domain.ids import CommandId, UnitId
from comms.gateway.clock import SystemClock
from comms.gateway.integration_port import IntegrationPort
from comms.gateway.options import _parser
from comms.gateway.running import open_storage, running
from comms.gateway.settings import Settings
from comms.gateway.turn import TurnServer
from comms.journal.source_keys import AnswerAddress
from comms.link.client import Link, LinkPhase, LinkState
from comms.link.clock import WallClock
from comms.protocol.codec import encode
from comms.protocol.commands import DeskResume, DeskSignIn, TokenRefresh
from comms.protocol.pushes import Enrolled, Refused, TokenGranted, Welcome
from comms.protocol.version import PROTOCOL_VERSION
from tests.support.gateway import NORTH_DUTY, PASSWORD, U1, U2, Site, cheap_hasher
from tests.support.hub import HOST, HOTLINE, prepare_hub, source
from tests.support.media import until
from tests.support.terminal import Peer, new_id, peer

TURN_SECRET = "turn-secret-of-this-test"
WRONG_PASSWORD, WRONG_CODE, WRONG_KEY = "wrong-horse-2026", "WRNG-CDEX-WRNG-CDEX", "wg_wrong-key-of-this-test"


class Kept(logging.Handler):
    """Every line, as a file would have it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> Iterator[Kept]:
    """Every logger of every library that does not forbid it itself writes down all it can."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="websockets")  # the strangers of this test are not the product
    kept = Kept()
    logging.getLogger().addHandler(kept)
    yield kept
    logging.getLogger().removeHandler(kept)


async def test_no_secret_of_the_door_is_logged(tmp_path: Path, everything: Kept) -> None:
    data = tmp_path / "gateway"
    keys = await prepare_hub(data, source())
    codes = await _codes(data)
    secrets = {PASSWORD, WRONG_PASSWORD, WRONG_CODE, WRONG_KEY, TURN_SECRET, keys[HOTLINE], *codes.values()}
    settings = Settings(turn=TurnServer(("turn:turn.test",), TURN_SECRET))
    async with running(
        data, host=HOST, port=0, settings=settings, hasher=cheap_hasher(), integration=IntegrationPort(HOST, 0)
    ) as found:
        site = Site(data, HOST, found.port, found.media_port, codes, gateway=found.gateway)
        async with peer(site) as stranger:
            secrets |= await _desk_secrets(stranger)
        async with peer(site) as stranger:
            secrets |= await _terminal_secrets(stranger, codes[U1])
        await _through_the_link(site)
        assert found.integration_port is not None
        await _with_keys(found.integration_port, keys[HOTLINE])
        logging.getLogger("tests").debug("%r", settings)
    text = "\n".join(everything.lines)
    assert "sign-in refused: wrong_credentials" in text, "the log was really kept"
    assert "unreadable frame" in text
    assert not [secret for secret in secrets if secret in text]


async def _codes(data: Path) -> dict[UnitId, str]:
    async with open_storage(data, clock=SystemClock(), hasher=cheap_hasher()) as storage:
        return dict(await storage.accounts.issue_codes([U1, U2], valid_s=3600))


async def _desk_secrets(stranger: Peer) -> set[str]:
    """Signing in wrongly, unreadably and rightly; renewing; resuming: what was given out meanwhile."""
    assert isinstance(await stranger.sign_in_desk(NORTH_DUTY, WRONG_PASSWORD), Refused)
    whole = encode(DeskSignIn(id=new_id(), protocol=PROTOCOL_VERSION, name=NORTH_DUTY, password=PASSWORD))
    for broken in (
        whole[:-5],
        whole.replace('"protocol":1', f'"protocol":"{PASSWORD}"'),
        whole.replace('"kind":"desk.sign_in"', f'"kind":"{PASSWORD}"'),
        whole.replace('"name"', f'"{PASSWORD}":1,"name"'),
    ):
        await stranger.send_text(broken)
        await stranger.next(Refused)
    welcome = await stranger.sign_in_desk(NORTH_DUTY)
    assert isinstance(welcome, Welcome)
    assert welcome.token is not None
    assert welcome.refresh_token is not None
    granted = await stranger.ask(TokenRefresh(id=new_id(), refresh_token=welcome.refresh_token))
    assert isinstance(granted, TokenGranted)
    await stranger.ask(DeskResume(id=new_id(), protocol=PROTOCOL_VERSION, token=granted.token))
    given = {welcome.token, welcome.refresh_token, granted.token, granted.refresh_token}
    return given | {server.credential for server in welcome.ice_servers}


async def _terminal_secrets(stranger: Peer, code: str) -> set[str]:
    assert isinstance(await stranger.enrol(WRONG_CODE), Refused)
    enrolled = await stranger.enrol(code)
    assert isinstance(enrolled, Enrolled)
    assert isinstance(await stranger.sign_in_terminal(enrolled.device_token[:-1]), Refused)
    assert isinstance(await stranger.sign_in_terminal(enrolled.device_token), Welcome)
    return {enrolled.device_token, enrolled.device_token[:-1]}


async def _through_the_link(site: Site) -> None:
    """The desk's own end."""
    states: list[LinkState] = []
    link = Link(
        site.url,
        sign_in=lambda: DeskSignIn(id=CommandId("in"), protocol=PROTOCOL_VERSION, name=NORTH_DUTY, password=PASSWORD),
        on_push=lambda push: None,
        on_positions=lambda frame: None,
        on_state=states.append,
        clock=WallClock(),
    )
    task = asyncio.create_task(link.run())
    await until(lambda: any(state.phase is LinkPhase.ONLINE for state in states))
    await link.close()
    await task


async def _with_keys(port: int, key: str) -> None:
    async with aiohttp.ClientSession() as session:
        for shown, status in ((key, 404), (WRONG_KEY, 403)):
            url = f"http://{HOST}:{port}/v1/work-orders/none"
            async with session.get(url, headers={"Authorization": f"Bearer {shown}"}) as answer:
                assert answer.status == status
                assert shown not in await answer.text()


def test_no_secret_is_given_on_a_command_line() -> None:
    """Other people of the machine read it there: files, standard input, or flags."""
    words = ("password", "secret", "key", "token", "code")
    found: list[str] = []

    def look(parser: argparse.ArgumentParser) -> None:
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for part in action.choices.values():
                    look(part)
            elif any(word in name for name in action.option_strings for word in words):
                is_harmless = action.nargs == 0 or action.type is Path
                found.extend(action.option_strings if not is_harmless else ())

    look(_parser())
    assert found == []


def test_secrets_do_not_show_in_what_is_printed_of_their_holders() -> None:
    for holder in (TurnServer(("turn:x",), "hidden"), AnswerAddress("https://x", "hidden")):
        assert "hidden" not in repr(holder)
