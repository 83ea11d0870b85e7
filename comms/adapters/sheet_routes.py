"""Sheets over HTTP, through the same door as single records."""

import asyncio
from functools import partial

from aiohttp import web

from comms.adapters.http import INTAKE, READER, answer, error, locale_of, source_of
from comms.adapters.intake import Taken
from comms.adapters.replies import batch_reply
from comms.adapters.sheet import CSV_TYPE, XLSX_TYPE, SheetError, read_sheet

AT_ONCE = 200
"""Rows that share one sync of the disk; between two such lots others get their turn."""


async def post(request: web.Request) -> web.Response:
    """All rows or none is not promised: sent again, those that are in are known."""
    locale, source = locale_of(request), source_of(request)
    media_type = request.content_type
    if media_type not in (CSV_TYPE, XLSX_TYPE):
        return error(415, "wrong_media_type", locale)
    body = await request.read()
    try:
        read = partial(read_sheet, body, source, media_type=media_type)
        received = await asyncio.get_running_loop().run_in_executor(request.app[READER], read)
    except SheetError:
        return error(422, "no_sheet", locale)
    taken: list[Taken] = []
    intake = request.app[INTAKE]
    for at in range(0, len(received), AT_ONCE):
        lot = received[at : at + AT_ONCE]
        while (wait_s := intake.wait_s(source, records=len(lot))) is not None:
            await asyncio.sleep(wait_s)
        taken += await asyncio.gather(*(intake.take(source, one) for one in lot))
    return answer(batch_reply(taken, locale))


ROUTES = (web.post("/v1/sheets", post),)
