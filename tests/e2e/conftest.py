"""A worker's phone on the stage: the real page in a real browser, before a gateway that does what the test says."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.browser import Complaints, browser, needs_chromium, write_tone
from tests.support.stage import CODE, Stage, stage
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


@pytest_asyncio.fixture
async def newcomer(tmp_path: Path, complaints: Complaints) -> AsyncIterator[OnStage]:
    """Nobody has enrolled yet; the microphone plays 440 Hz."""
    needs_chromium()
    tone = write_tone(tmp_path / "tone.wav", frequency_hz=TONE_HZ)
    async with stage() as scene, browser(tmp_path, microphone=tone, complaints=complaints) as context:
        terminal = WebTerminal(context.pages[0], scene.url)
        await terminal.prepare()
        yield OnStage(scene, terminal)


@pytest_asyncio.fixture
async def on_duty(newcomer: OnStage) -> OnStage:
    """Enrolled, signed in, on duty, voice path up."""
    await newcomer.terminal.open(code=CODE)
    await newcomer.terminal.start_duty()
    return newcomer
