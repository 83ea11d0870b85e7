"""An item's conditions over real sockets: ticked and shown, or refused by name, also when the frame is crafted."""

import json
from pathlib import Path

import msgspec

from comms.domain.case import CaseStage, CaseStep
from comms.domain.ids import GATEWAY, ItemId
from comms.domain.item import Evidence, Item, ItemClass, ItemKind, ItemTerms
from comms.domain.item_events import ItemEntered
from comms.protocol.commands import BlobPut
from comms.protocol.errors import RefusalCode as R
from comms.protocol.pushes import Done, Refused
from tests.support.case_hall import ROADS, Hall, hall
from tests.support.gateway import NORTH
from tests.support.terminal import new_id

P = CaseStep
COVER, LAX = ItemId("cover"), ItemId("lax")
OPENS, CLOSES = ("缺失或移位", "危及行人"), ("补齐", "围挡撤除")


async def listed(it: Hall) -> None:
    """A strict item and one that asks for nothing."""
    named = ItemClass(kind=ItemKind.COMPONENT, major="公用设施", minor="井盖")
    strict = ItemTerms(
        opens_when="\n".join(OPENS),
        closes_when="，且".join(CLOSES),
        evidence=(Evidence.PHOTO_BEFORE, Evidence.PHOTO_AFTER),
    )
    items = (Item(id=COVER, jurisdiction_id=NORTH, item_class=named, terms=strict),)
    lax = msgspec.structs.replace(items[0], id=LAX, terms=ItemTerms())
    await it.gateway.record(GATEWAY, [ItemEntered(item=item, from_at=0.0) for item in (*items, lax)])


async def refused(it: Hall, by: str, step: CaseStep, **fields: object) -> Refused:
    peer = await it.desk(by)
    return await peer.ask_for(it.command(step, **fields), Refused)


async def photo(it: Hall, data: bytes) -> str:
    peer = await it.desk("acceptor")
    done = await peer.ask_for(BlobPut(id=new_id(), media_type="image/jpeg", data=data), Done)
    assert done.subject is not None
    return done.subject


async def test_every_condition_is_ticked_and_every_evidence_shown(tmp_path: Path) -> None:
    async with hall(tmp_path) as it:
        await listed(it)
        before, after = await photo(it, b"before"), await photo(it, b"after")
        answer = await refused(it, "acceptor", P.REGISTER, item_id=COVER, ticked=OPENS[:1])
        assert answer.code is R.CONDITION_UNTICKED
        assert answer.text == "Every condition of the item has to be checked and ticked; one is not: 危及行人."
        answer = await refused(it, "acceptor", P.REGISTER, item_id=COVER, ticked=OPENS)
        assert (answer.code, answer.text[-15:]) == (R.EVIDENCE_MISSING, ": photo before.")
        assert it.case.flow == []
        case = await it.move("acceptor", P.REGISTER, item_id=COVER, ticked=("别的", *reversed(OPENS)), photos=(before,))
        assert case.flow[-1].move.ticked == OPENS, "the record keeps what the item asks, and nothing else"
        await it.move("dispatcher", P.DISPATCH, department_id=ROADS)
        await it.move("handler", P.RECEIVE)
        await it.move("handler", P.HAND_BACK)
        for fields, code, named in (
            ({}, R.CONDITION_UNTICKED, CLOSES[0]),
            ({"ticked": OPENS}, R.CONDITION_UNTICKED, CLOSES[0]),
            ({"ticked": CLOSES[:1]}, R.CONDITION_UNTICKED, CLOSES[1]),
            ({"ticked": CLOSES}, R.EVIDENCE_MISSING, "photo after"),
        ):
            answer = await refused(it, "checker", P.CLOSE, **fields)
            assert (answer.code, named in answer.text) == (code, True)
        closed = await it.move("checker", P.CLOSE, ticked=CLOSES, photos=(after,))
        assert (closed.stage, closed.flow[-1].move.ticked) == (CaseStage.CLOSED, CLOSES)


async def test_no_crafted_frame_gets_round_the_conditions(tmp_path: Path) -> None:
    async with hall(tmp_path) as it:
        await listed(it)
        before = await photo(it, b"before")
        await crafted(it, "acceptor", {"step": "register", "item_id": COVER}, R.CONDITION_UNTICKED)
        await crafted(it, "acceptor", {"step": "register", "item_id": COVER, "ticked": ["危及行人 "] * 2})
        await crafted(it, "acceptor", {"step": "register", "item_id": COVER, "ticked": "缺失或移位"}, R.MALFORMED)
        await crafted(it, "acceptor", {"step": "register", "item_id": COVER, "ticked": ["x"] * 21}, R.MALFORMED)
        await it.move("acceptor", P.REGISTER, item_id=COVER, ticked=OPENS, photos=(before,))
        for item_id in (LAX, "none"):  # nobody comes under an easier item on the way
            await crafted(
                it, "dispatcher", {"step": "dispatch", "item_id": item_id, "department_id": ROADS}, R.WRONG_STATE
            )
        await it.move("dispatcher", P.DISPATCH, item_id=COVER, department_id=ROADS)
        await it.move("handler", P.RECEIVE)
        await it.move("handler", P.HAND_BACK)
        await crafted(it, "checker", {"step": "close", "item_id": LAX}, R.WRONG_STATE)
        await crafted(it, "checker", {"step": "close", "photos": [before]}, R.CONDITION_UNTICKED)
        assert it.case.stage is CaseStage.HANDLED
        forced = await it.move("supervisor", P.FORCE_CLOSE, opinion="已由上级督办解决")
        assert forced.stage is CaseStage.FORCE_CLOSED


async def crafted(it: Hall, by: str, fields: dict[str, object], code: R = R.CONDITION_UNTICKED) -> None:
    peer = await it.desk(by)
    after = len(peer.pushes)
    await peer.send_text(json.dumps({"kind": "case.move", "id": new_id(), "incident_id": it.incident_id, **fields}))
    answer = await peer.find(lambda push: isinstance(push, Refused), after=after)
    assert isinstance(answer, Refused)
    assert answer.code is code, fields
