"""The web terminal's pure modules, tested where they run. How much of them was run is measured by the browser."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route

from comms.domain.order import TRANSITIONS, UNIT_STATES, AssignmentState
from tests.support.browser import TERMINAL_FILES, phone

TESTS = Path(__file__).parent / "js"
ORIGIN = "http://localhost"
LEAST_COVERED = 0.95
pytestmark = [pytest.mark.chromium, pytest.mark.asyncio(loop_scope="package")]


async def _serve(route: Route) -> None:
    path = route.request.url.removeprefix(ORIGIN)
    if path == "/blank":
        await route.fulfill(body="<!doctype html>", content_type="text/html")
        return
    folder = TERMINAL_FILES.parent if path.startswith("/terminal/") else TESTS.parent
    # Read here: Playwright would read it on a thread that outlives the test.
    await route.fulfill(body=(folder / path.removeprefix("/")).read_bytes(), content_type="text/javascript")


def _uncovered(functions: list[dict[str, Any]], length: int) -> float:
    """Share of a script's characters that never ran: of nested ranges the innermost holds."""
    counts = [1] * length
    for function in functions:
        for part in function["ranges"]:
            counts[part["startOffset"] : part["endOffset"]] = [part["count"]] * (
                part["endOffset"] - part["startOffset"]
            )
    return counts.count(0) / max(1, length)


async def _run_all(page: Page, names: list[str]) -> tuple[dict[str, Any], dict[str, float]]:
    profiler = await page.context.new_cdp_session(page)
    await profiler.send("Profiler.enable")
    await profiler.send("Profiler.startPreciseCoverage", {"callCount": True, "detailed": True})
    script = """async (names) => {
        for (const name of names) await import(`/js/${name}`);
        return (await import("/js/check.js")).run();
    }"""
    result = await page.evaluate(script, names)
    taken = await profiler.send("Profiler.takePreciseCoverage")
    covered = {}
    for script_run in taken["result"]:
        path = script_run["url"].removeprefix(f"{ORIGIN}/terminal/")
        if path.startswith("js/core/"):
            length = len((TERMINAL_FILES / path).read_text(encoding="utf-8"))
            covered[path] = 1 - _uncovered(script_run["functions"], length)
    return result, covered


async def test_pure_modules(the_chromium: Browser) -> None:
    names = sorted(path.name for path in TESTS.glob("*.test.js"))
    async with phone(the_chromium) as page, asyncio.timeout(60):
        await page.route(f"{ORIGIN}/**", _serve)
        await page.goto(f"{ORIGIN}/blank")
        result, covered = await _run_all(page, names)
    assert result["failures"] == []
    assert result["count"] >= 40
    assert set(covered) == {f"js/core/{path.name}" for path in (TERMINAL_FILES / "js" / "core").glob("*.js")}
    assert {path: share for path, share in covered.items() if share < LEAST_COVERED} == {}


async def test_buttons_follow_the_transition_table(the_chromium: Browser) -> None:
    """The steps a worker is offered are those the domain lets a unit take."""
    async with phone(the_chromium) as page:
        await page.route(f"{ORIGIN}/**", _serve)
        await page.goto(f"{ORIGIN}/blank")
        steps = await page.evaluate("""async () => (await import("/terminal/js/core/orders.js")).STEPS""")
    silent = {AssignmentState.DELIVERED, AssignmentState.READ}
    for state in AssignmentState:
        allowed = (TRANSITIONS[state] & UNIT_STATES) - silent
        if state in (AssignmentState.ISSUED, AssignmentState.DELIVERED, AssignmentState.READ):
            assert set(steps[state]) == allowed
        elif state is AssignmentState.COMPLETED:
            assert steps[state] == []  # only an officer sends work back
        else:
            assert set(steps[state]) == allowed
    assert set(steps) - set(AssignmentState) == {"gone"}
