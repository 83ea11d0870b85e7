"""What all routes do with requests and answers."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from comms.adapters.intake import Intake
from comms.adapters.replies import ErrorReply
from comms.domain.source import Source
from comms.protocol.errors import Locale

INTAKE: web.AppKey[Intake] = web.AppKey("intake", Intake)
READER: web.AppKey[ThreadPoolExecutor] = web.AppKey("reader", ThreadPoolExecutor)
"""On which large bodies are read, so that voice does not wait."""
SOURCE: web.RequestKey[Source] = web.RequestKey("source", Source)
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MOST_FORM_FIELDS = 200
_MOST_KEY = 200
_SENTENCES = {
    "no_key": (
        "没有接入密钥；请用 Authorization: Bearer 或 X-Api-Key 提供。",
        "No key was given; send it as Authorization: Bearer or X-Api-Key.",
    ),
    "wrong_key": (
        "接入密钥无效；请向管理员索取新的密钥。",
        "The key is not valid; ask the administrator for a new one.",
    ),
    "too_many": ("发送过快；请按 Retry-After 稍后再发。", "Too much at once; send again after Retry-After seconds."),
    "store_failed": (
        "暂时无法存储，未接收；请稍后重发同一内容。",
        "It cannot be stored now and was not taken; send the same again later.",
    ),
    "too_large": ("内容太大，未接收；请分批发送。", "The content is too large and was not taken; send it in parts."),
    "too_slow": ("发送太慢，未接收；请检查网络后重发。", "It came too slowly; check the network and send it again."),
    "too_many_records": ("一次最多 200 条，未接收；请分批发送。", "At most 200 records at once; send them in parts."),
    "not_found": ("没有这条工单或这个地址。", "There is no such work order or address."),
    "wrong_method": ("这个地址不支持该方法。", "This address does not take that method."),
    "no_sheet": (
        "表格无法读取或超过 5000 行，未接收；请检查首行列名，或分成几个文件。",
        "The sheet cannot be read or has more than 5,000 rows; check its first row, or send it in parts.",
    ),
    "wrong_media_type": ("不支持这种内容类型，未接收。", "This content type is not taken."),
}
"""What went wrong, in Chinese and English, saying what to do."""


def locale_of(request: web.Request) -> Locale:
    wanted = request.headers.get("Accept-Language", "zh")
    return Locale.ZH_CN if wanted.lower().startswith(("zh", "*")) else Locale.EN


async def key_of(request: web.Request) -> str | None:
    """Never from the address line, which ends up in logs; Open311 has it among the fields of a form."""
    header = request.headers.get("Authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()[:_MOST_KEY] or None
    if "X-Api-Key" in request.headers:
        return request.headers["X-Api-Key"].strip()[:_MOST_KEY] or None
    if request.content_type == FORM:
        return form_fields(await request.read()).get("api_key", "").strip()[:_MOST_KEY] or None
    return None


def form_fields(body: bytes) -> dict[str, str]:
    """The first of each name; what is no form has none."""
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FORM_FIELDS)
    except ValueError:
        return {}
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value)
    return fields


def answer(thing: msgspec.Struct, *, status: int = 200) -> web.Response:
    return web.Response(body=msgspec.json.encode(thing), status=status, content_type=JSON)


def error(status: int, code: str, locale: Locale, *, wait_s: float | None = None) -> web.Response:
    chinese, english = _SENTENCES[code]
    response = answer(ErrorReply(code=code, text=chinese if locale is Locale.ZH_CN else english), status=status)
    if wait_s is not None:
        response.headers["Retry-After"] = str(max(1, round(wait_s + 0.5)))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def too_many(request: web.Request, *, records: int = 1) -> web.Response | None:
    """An answer when the source has to wait; it then sends the same again."""
    wait_s = request.app[INTAKE].wait_s(request[SOURCE], records=records)
    return error(429, "too_many", locale_of(request), wait_s=wait_s) if wait_s is not None else None


def source_of(request: web.Request) -> Source:
    return request[SOURCE]


def json_of(body: bytes) -> Any:
    """Raises ValueError. The standard reader, because numbers and words that no program can hold must not be lost."""
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
