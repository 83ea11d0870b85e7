"""CEXF (Common Exercise Format of the MISP project) to and from a scenario, after its format description and sample.

CEXF tells what is injected in which order and how it is evaluated; it knows no people, no places and no contingencies.
What it has no words for goes along under `meta`, which the format leaves to its users, so that a scenario comes back
whole; what other programs will not see of it is said."""

import json
import re
import uuid
from base64 import b64decode
from typing import Any

import msgspec

from comms.domain.expectation import Expectation
from comms.domain.inject import AfterInject, AtTime, Inject, WhenMet, words_of
from comms.domain.plan import said
from comms.domain.scenario import CheckLine, CheckTime, Scenario
from comms.domain.scenario_check import waits_for
from comms.scenario.exchange import ExchangeError, Loss, loss

META_KEY = "wangge-desk-scenario"
_NAMESPACE = uuid.UUID("6f0b3a52-6d1f-5a3e-9a55-0c9a2f6f7a10")
_STARTEX, _RESOLVED, _COMPLETED = "startex", "inject-resolution", "inject-completion"
_POINTS = 10
"""CEXF's score ranges are whole numbers: ten for a weight of one."""
MOST_BYTES = 5_000_000


def uuid_of(scenario: Scenario, name: str) -> str:
    """The same part of the same scenario has the same one for ever."""
    return str(uuid.uuid5(_NAMESPACE, f"{scenario.id}/{name}"))


# --- to CEXF ------------------------------------------------------------------------------------------------


def cexf_of(scenario: Scenario, *, locale: str = "en") -> tuple[bytes, tuple[Loss, ...]]:
    """What a program that knows only CEXF sees is in this language."""
    head = msgspec.to_builtins(scenario)
    found = {
        "exercise": {
            "name": said(scenario.title, locale),
            "description": said(scenario.summary, locale),
            "expanded": "\n".join(f"- {said(each.words, locale)}" for each in scenario.objectives),
            "meta": {META_KEY: json.dumps(head, ensure_ascii=False)},
            "namespace": "dispatch",
            "tags": ['exercise:software-scope="wangge-desk"', "state:production"],
            "total_duration": f"{scenario.length_s:.0f}",
            "uuid": uuid_of(scenario, ""),
            "version": f"{scenario.format}",
        },
        "inject_flow": [_flow(scenario, inject, locale) for inject in scenario.injects],
        "inject_payloads": [_payload(scenario, inject, locale) for inject in scenario.injects],
        "injects": [_inject(scenario, inject, locale) for inject in scenario.injects],
    }
    data = msgspec.json.format(msgspec.json.encode(found), indent=2)
    return data, tuple(_unseen(scenario))


def _flow(scenario: Scenario, inject: Inject, locale: str) -> dict[str, Any]:
    before = waits_for(scenario, inject)
    requirements: dict[str, str] = {} if before is None else {"inject_uuid": uuid_of(scenario, before)}
    trigger = _STARTEX if before is None else _COMPLETED
    if isinstance(inject.when, WhenMet):
        expectation = scenario.expectation(inject.when.expectation)
        trigger = _RESOLVED
        if expectation is not None:
            requirements["resolution_requirement"] = said(expectation.words, locale)
    followed_by = [uuid_of(scenario, each.id) for each in scenario.injects if waits_for(scenario, each) == inject.id]
    return {
        "description": said(inject.note, locale) or said(inject.title, locale),
        "inject_uuid": uuid_of(scenario, inject.id),
        "reporting_callback": [],
        "requirements": requirements,
        "sequence": {
            "completion_trigger": ["time_expiration", "completion"],
            "followed_by": followed_by,
            "trigger": [trigger],
        },
        "timing": {"triggered_at": f"{inject.when.s:g}"},
    }


def _payload(scenario: Scenario, inject: Inject, locale: str) -> dict[str, Any]:
    what = msgspec.to_builtins(inject.what)
    return {
        "name": inject.id,
        "type": what["do"],
        "parameters": {"content": said(words_of(inject.what), locale), "content-type": "text/plain"},
        "uuid": uuid_of(scenario, f"{inject.id}/payload"),
    }


def _inject(scenario: Scenario, inject: Inject, locale: str) -> dict[str, Any]:
    return {
        "action": msgspec.to_builtins(inject.what)["do"],
        "action_payload_resource_uuid": uuid_of(scenario, f"{inject.id}/payload"),
        "inject_evaluation": [_evaluation(each, locale) for each in scenario.expectations if each.since == inject.id],
        "name": said(inject.title, locale),
        "target_tool": "Wangge Desk",
        "uuid": uuid_of(scenario, inject.id),
    }


def _evaluation(expectation: Expectation, locale: str) -> dict[str, Any]:
    see = msgspec.to_builtins(expectation.what)["see"]
    return {
        "parameters": [{see: {"comparison": "within_s", "values": [expectation.within_s]}}],
        "result": said(expectation.words, locale),
        "score_range": [0, round(expectation.weight * _POINTS)],
    }


def _unseen(scenario: Scenario) -> list[Loss]:
    found = [
        loss(f"injects.{inject.id}", "other programs fire it in any case: CEXF has no contingencies",
             "其他软件会照常触发：CEXF 没有应变注入")
        for inject in scenario.injects
        if inject.is_contingency
    ]  # fmt: skip
    for part in ("cast", "roles", "area", "checklist", "measures"):
        if getattr(scenario, part):
            found.append(
                loss(
                    part, "other programs do not see it: CEXF has no words for it", "其他软件看不到：CEXF 没有对应内容"
                )
            )
    return found


# --- from CEXF ----------------------------------------------------------------------------------------------


def read_cexf(data: bytes, base: Scenario) -> tuple[Scenario, tuple[Loss, ...]]:
    """One of ours comes back as it was; of another's, injects become cues by hand and evaluations lines to tick off,
    and town, cast and seats are those of `base`. Raises ExchangeError."""
    raw = _decoded(data)
    own = raw["exercise"].get("meta")
    if isinstance(own, dict) and isinstance(own.get(META_KEY), str):
        try:
            return msgspec.convert(json.loads(own[META_KEY]), Scenario), ()
        except (ValueError, TypeError) as error:
            raise ExchangeError(
                f"The scenario in the file's meta cannot be read: {error}.", f"文件 meta 中的情景无法读取：{error}。"
            ) from None
    try:
        return _foreign(raw, base)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ExchangeError(
            f"The file is not formed as CEXF says ({error!r}).", f"文件不符合 CEXF 的格式（{error!r}）。"
        ) from None


def _decoded(data: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(data) if len(data) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        raw = None
    keys = ("exercise", "inject_flow", "inject_payloads", "injects")
    if not isinstance(raw, dict) or any(key not in raw for key in keys) or not isinstance(raw["exercise"], dict):
        raise ExchangeError(
            f"This is no CEXF: a JSON object with {', '.join(keys)} is expected.",
            f"不是 CEXF 文件：应为含 {'、'.join(keys)} 的 JSON 对象。",
        )
    return raw


def _foreign(raw: dict[str, Any], base: Scenario) -> tuple[Scenario, tuple[Loss, ...]]:
    exercise = raw["exercise"]
    payloads = {payload["uuid"]: payload for payload in raw["inject_payloads"]}
    flows = {flow["inject_uuid"]: flow for flow in raw["inject_flow"]}
    names = {inject["uuid"]: f"inject_{number}" for number, inject in enumerate(raw["injects"], start=1)}
    injects, ticks, losses = [], list[CheckLine](), list[Loss]()
    for inject in raw["injects"]:
        name = names[inject["uuid"]]
        text = _content(payloads.get(inject.get("action_payload_resource_uuid"), {}))
        made = {
            "id": name,
            "title": str(inject.get("name") or name),
            "when": _when(flows.get(inject["uuid"], {}), names),
            "what": {"do": "cue", "text": text or str(inject.get("name") or inject.get("action") or name)},
            "note": str(flows.get(inject["uuid"], {}).get("description") or ""),
        }
        injects.append(msgspec.convert(made, Inject))
        losses.append(
            loss(name, f"{inject.get('action')!r} is done by hand here", f"“{inject.get('action')}”由导调员手动完成")
        )
        ticks += _ticks(name, inject, losses)
    scenario = msgspec.structs.replace(
        base,
        title=str(exercise.get("name") or said(base.title, "en")),
        summary=str(exercise.get("description") or said(base.summary, "en")),
        length_min=max(1.0, min(1440.0, float(exercise.get("total_duration") or base.length_s) / 60)),
        injects=tuple(injects),
        expectations=(),
        checklist=(*base.checklist, *ticks),
    )
    return scenario, tuple(losses)


def _ticks(name: str, inject: dict[str, Any], losses: list[Loss]) -> list[CheckLine]:
    found = [
        CheckLine(id=f"{name}_{number}", text=str(each.get("result") or number), time=CheckTime.DURING)
        for number, each in enumerate(inject.get("inject_evaluation") or (), start=1)
    ]
    if found:
        losses.append(
            loss(
                name,
                "its evaluation is of another program; an observer ticks it off",
                "其评判依赖其他软件，由评估员勾选",
            )
        )
    return found


def _when(flow: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """After what it requires, else at the start; seconds where it says so."""
    told = str((flow.get("timing") or {}).get("triggered_at") or "")
    seconds = float(told) if re.fullmatch(r"\d{1,5}(\.\d+)?", told) else 0.0
    before = names.get(str((flow.get("requirements") or {}).get("inject_uuid")))
    when = AtTime(s=seconds) if before is None else AfterInject(inject=before, s=seconds)
    found: dict[str, Any] = msgspec.to_builtins(when)
    return found


def _content(payload: dict[str, Any]) -> str:
    """A payload's words, at most as many as a card holds; of a file, its text."""
    parameters = payload.get("parameters") or {}
    content = str(parameters.get("content") or "")
    if parameters.get("content-type") == "base64":
        try:
            content = b64decode(content, validate=True).decode("utf-8", errors="replace")
        except ValueError:
            content = ""
    return content[:4000]
