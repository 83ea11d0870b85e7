"""A worker's phone on the stage: the real page in a real browser, before a gateway that does what the test says."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.support.browser import Complaints, chromium, needs_chromium, phone, write_tone
from tests.support.stage import CODE, Stage, stage
from tests.support.tasks import no_task_left
from tests.support.web_terminal import WebTerminal

TONE_HZ = 440.0


@dataclass(frozen=True)
class OnStage:
    stage: Stage
    terminal: WebTerminal


@pytest.fixture
def complaints(request: pytest.FixtureRequest) -> Iterator[Complaints]:
    """An error the page throws or prints fails the test."""
    collected = Complaints()
    yield collected
    if collected.lines:
        pytest.fail("the page complained:\n" + "\n".join(collected.lines[:10]))


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def the_chromium(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Of all tests here, which therefore share its loop; their phones know nothing of one another. The microphone plays
    440 Hz."""
    needs_chromium()
    tone = write_tone(tmp_path_factory.mktemp("microphone") / "tone.wav", frequency_hz=TONE_HZ)
    async with chromium(microphone=tone) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="package")
async def no_lingering_task(the_chromium: Browser) -> AsyncIterator[None]:
    async with no_task_left():
        yield


@pytest_asyncio.fixture(loop_scope="package")
async def newcomer(the_chromium: Browser, complaints: Complaints) -> AsyncIterator[OnStage]:
    """Nobody has enrolled yet."""
    async with stage() as scene, phone(the_chromium, complaints=complaints) as page:
        terminal = WebTerminal(page, scene.url)
        await terminal.prepare()
        yield OnStage(scene, terminal)


@pytest_asyncio.fixture(loop_scope="package")
async def on_duty(newcomer: OnStage) -> OnStage:
    """Enrolled, signed in, on duty, voice path up."""
    await newcomer.terminal.open(code=CODE)
    await newcomer.terminal.start_duty()
    return newcomer
