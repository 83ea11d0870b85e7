"""CAP over HTTP: one message a request."""

from aiohttp import web

from comms.adapters.cap import read_message
from comms.adapters.http import INTAKE, answer, error, locale_of, source_of, too_many
from comms.adapters.replies import taken_reply
from comms.adapters.work_order_routes import MOST_RECORD_BYTES, status_for

_MEDIA_TYPES = frozenset({"application/xml", "text/xml", "application/cap+xml"})


async def post(request: web.Request) -> web.Response:
    locale = locale_of(request)
    if request.content_type not in _MEDIA_TYPES:
        return error(415, "wrong_media_type", locale)
    body = await request.read()
    if len(body) > MOST_RECORD_BYTES:
        return error(413, "too_large", locale)
    wait = too_many(request)
    if wait is not None:
        return wait
    source = source_of(request)
    taken = await request.app[INTAKE].take_message(source, read_message(body, source))
    return answer(taken_reply(taken, locale), status=status_for(taken))


ROUTES = (web.post("/cap/v1/alerts", post),)
