"""The item list over real sockets: nobody can ask of a worker what is not on it, by whatever door."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from comms.domain.events import CommandRefused, OrderIssued
from comms.domain.ids import ItemId
from comms.domain.item import Item, ItemStage
from comms.domain.item_events import ItemApplied, ItemPutInForce
from comms.domain.order import JurisdictionTarget, UnitsTarget
from comms.fleet.town_items import town_items
from comms.gateway.__main__ import main
from comms.protocol import item_commands as i
from comms.protocol.commands import Command, OrderIssue
from comms.protocol.errors import Locale, RefusalCode, sentence
from comms.protocol.pushes import Done, ItemVersions, OrderPush, Refused
from tests.support.gateway import (
    ADMIN,
    CITY,
    NORTH,
    NORTH_DUTY,
    NORTH_GRID,
    S1,
    SOUTH,
    SOUTH_DUTY,
    U1,
    U2,
    Site,
    prepare_site,
    running_gateway,
    tiny_town,
)
from tests.support.terminal import Peer, code_of, desk, new_id, terminal

ITEM, OTHER = town_items(NORTH)[:2]
DAY = 86_400.0


@asynccontextmanager
async def listed(tmp_path: Path, *items: Item) -> AsyncIterator[Site]:
    """The north has a list in force, the south has none."""
    town = msgspec.structs.replace(tiny_town(), items=items, items_from_at=time.time() - DAY)
    async with running_gateway(tmp_path, town=town) as site:
        yield site


def order(**more: Any) -> OrderIssue:
    fields: dict[str, Any] = {"id": new_id(), "title": "补盖", "target": UnitsTarget((U1,))} | more
    return OrderIssue(**fields)


async def code(peer: Peer, command: Command) -> RefusalCode | None:
    """Why not; None when it was done."""
    answer = await peer.ask(command)
    return answer.code if isinstance(answer, Refused) else None


async def test_an_order_outside_the_list_is_refused_at_every_door(tmp_path: Path) -> None:
    async with (
        listed(tmp_path, ITEM) as site,
        desk(site, NORTH_DUTY) as officer,
        desk(site, ADMIN) as city,
        desk(site, SOUTH_DUTY) as south,
        terminal(site, U1) as worker,
    ):
        await city.subscribe()
        plain, unknown = order(), order(item_id=ItemId("made-up"))
        for command in (plain, unknown):
            refused = await officer.ask_for(command, Refused)
            assert refused.code is RefusalCode.NOT_ON_LIST
            assert refused.text == sentence(RefusalCode.NOT_ON_LIST, Locale.EN)
        # A frame written by hand, also with words that the type does not have, and from a terminal.
        for crafted in ({}, {"item_id": None}, {"item_id": ""}, {"item_id": "x", "is_general": True}):
            command_id, target = new_id(), {"kind": "units", "unit_ids": ["u1"]}
            frame = {"kind": "order.issue", "id": command_id, "title": "x", "target": target}
            await officer.send_text(json.dumps(frame | crafted))
            reply = await officer.reply(command_id)
            assert code_of(reply) in (RefusalCode.NOT_ON_LIST, RefusalCode.MALFORMED)
        assert await code(worker, order(item_id=ITEM.id)) == RefusalCode.NOT_ALLOWED
        # The level above, to all its people: those of the north may not be asked, those of the south may.
        assert await code(city, order(target=JurisdictionTarget(CITY))) == RefusalCode.NOT_ON_LIST
        assert await code(city, order(target=JurisdictionTarget(CITY), item_id=ITEM.id)) is None
        assert await code(south, order(target=UnitsTarget((S1,)))) is None
        done = await officer.ask_for(order(item_id=ITEM.id), Done)
        push = await worker.next(OrderPush, lambda push: push.order.id == done.subject)
        assert push.item == ITEM
        assert push.order.deadline_at == push.order.issued_at + 2 * 3600
        events = [event for event in city.events if isinstance(event, OrderIssued)]
        assert {event.order.item_id for event in events} == {ITEM.id, None}
        assert CommandRefused(command_kind="order.issue", code="not_on_list") in city.events


async def test_from_application_to_version(tmp_path: Path) -> None:
    """Applied for, broken down, approved by another, in force; worded anew, in force later; retired."""
    async with listed(tmp_path, ITEM) as site, desk(site, NORTH_DUTY) as officer, desk(site, ADMIN) as city:
        now = time.time()
        await city.subscribe()
        apply = i.ItemApply(id=new_id(), jurisdiction_id=NORTH, item_class=OTHER.item_class, reason="要派")
        item_id = ItemId((await officer.ask_for(apply, Done)).subject or "")
        assert (await officer.ask_for(apply, Done)).subject == item_id
        assert (await city.event(ItemApplied)).item.id == item_id
        assert await code(officer, order(item_id=item_id)) == RefusalCode.NOT_ON_LIST
        approve = i.ItemApprove(id=new_id(), item_id=item_id)
        assert await code(city, approve) == RefusalCode.WRONG_STATE
        parts = i.ItemBreakDown(id=new_id(), item_id=item_id, item_class=OTHER.item_class, parts=(OTHER.terms,))
        bare = msgspec.structs.replace(parts, id=new_id(), parts=(msgspec.structs.replace(OTHER.terms, limit=None),))
        assert await code(officer, bare) == RefusalCode.INCOMPLETE
        two = msgspec.structs.replace(parts, id=new_id(), parts=(OTHER.terms, ITEM.terms))
        assert await code(officer, two) is None
        assert await code(officer, parts) is None
        assert await code(officer, msgspec.structs.replace(approve, id=new_id())) == RefusalCode.OWN_APPLICATION
        assert await code(city, msgspec.structs.replace(approve, id=new_id())) is None
        force = i.ItemPutInForce(id=new_id(), item_id=item_id, from_at=now - 9 * DAY)
        assert await code(city, force) == RefusalCode.BAD_DATE
        assert await code(city, msgspec.structs.replace(force, id=new_id(), from_at=now + DAY)) is None
        assert await code(officer, order(item_id=item_id)) == RefusalCode.NOT_ON_LIST
        # A change before it began: the newest wording counts, from today.
        again = i.ItemApply(
            id=new_id(), jurisdiction_id=NORTH, item_class=OTHER.item_class, terms=OTHER.terms, item_id=item_id
        )
        assert await code(officer, again) is None
        assert await code(officer, two) is None  # sent again: answered again
        assert await code(officer, msgspec.structs.replace(two, id=new_id())) == RefusalCode.INCOMPLETE
        for command in (
            msgspec.structs.replace(parts, id=new_id()),
            msgspec.structs.replace(approve, id=new_id()),
            i.ItemPutInForce(id=new_id(), item_id=item_id, from_at=now - 60),
        ):
            assert await code(city, command) is None
        assert await code(officer, order(item_id=item_id)) is None
        retire = i.ItemRetire(id=new_id(), item_id=item_id, from_at=now + DAY, reason="")
        assert await code(city, retire) == RefusalCode.REASON_MISSING
        assert await code(city, msgspec.structs.replace(retire, id=new_id(), reason="并入")) is None
        found = await officer.ask_for(i.ItemRead(id=new_id(), item_id=item_id), ItemVersions)
        assert [(version.from_at, version.until_at) for version in found.versions] == [(now - 60, now + DAY)]
        for at, count in ((now, 1), (now - 120, 0), (now + DAY, 0)):
            dated = await officer.ask_for(i.ItemRead(id=new_id(), item_id=item_id, at=at), ItemVersions)
            assert len(dated.versions) == count
        assert site.gateway is not None
        assert len([s for s in site.gateway.picture.items.states.values() if s.stage is ItemStage.BROKEN_DOWN]) == 1
        assert [event.item_id for event in city.events if isinstance(event, ItemPutInForce)] == [item_id] * 2


async def test_who_may_do_what(tmp_path: Path) -> None:
    async with listed(tmp_path, ITEM) as site, desk(site, NORTH_DUTY) as north, desk(site, SOUTH_DUTY) as south:
        apply = i.ItemApply(id=new_id(), jurisdiction_id=NORTH_GRID, item_class=ITEM.item_class)
        item_id = ItemId((await north.ask_for(apply, Done)).subject or "")
        reject = i.ItemReject(id=new_id(), item_id=item_id, reason="属部门职责")
        retire = i.ItemRetire(id=new_id(), item_id=ITEM.id, from_at=time.time() + DAY, reason="r")
        renew = msgspec.structs.replace(apply, item_id=ITEM.id, jurisdiction_id=NORTH)
        for peer, command, wanted in (
            (south, apply, RefusalCode.OUT_OF_JURISDICTION),
            (south, msgspec.structs.replace(apply, jurisdiction_id=CITY), None),  # the level above
            (south, msgspec.structs.replace(renew, jurisdiction_id=SOUTH), RefusalCode.OUT_OF_JURISDICTION),
            (north, msgspec.structs.replace(apply, jurisdiction_id="nowhere"), RefusalCode.NOT_FOUND),
            (north, msgspec.structs.replace(apply, item_id=item_id), RefusalCode.WRONG_STATE),
            (south, reject, RefusalCode.OUT_OF_JURISDICTION),
            (north, msgspec.structs.replace(reject, reason=" "), RefusalCode.REASON_MISSING),
            (north, msgspec.structs.replace(reject, item_id="no"), RefusalCode.NOT_FOUND),
            (north, i.ItemPutInForce(id=new_id(), item_id=item_id, from_at=0.0), RefusalCode.WRONG_STATE),
            (north, i.ItemBreakDown(id=new_id(), item_id=ITEM.id, item_class=ITEM.item_class, parts=(ITEM.terms,)),
             RefusalCode.WRONG_STATE),
            (north, i.ItemRead(id=new_id(), item_id=ItemId("no")), RefusalCode.NOT_FOUND),
            (north, reject, None),
            (north, msgspec.structs.replace(retire, from_at=0.0), RefusalCode.BAD_DATE),
            (north, renew, None),
            (north, retire, RefusalCode.WRONG_STATE),  # a change is under way
        ):  # fmt: skip
            assert await code(peer, msgspec.structs.replace(command, id=new_id())) == wanted, command
        assert await code(south, msgspec.structs.replace(apply, jurisdiction_id=CITY)) == RefusalCode.NOT_ALLOWED
        # What is applied for anew stays in force as it was.
        assert await code(north, order(target=UnitsTarget((U2,)), item_id=ITEM.id)) is None


def test_a_sheet_is_imported_by_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import asyncio

    from comms.fleet.__main__ import main as fleet

    data, path = tmp_path / "data", tmp_path / "样例.xlsx"
    asyncio.run(prepare_site(data))
    assert fleet(["sheet", "--out", str(path)]) == 0
    words = ["items", "import", "--data", str(data), "--file", str(path), "--jurisdiction"]
    assert main([*words, NORTH, "--in-force-from", "2026-01-01"]) == 0
    assert "40 items entered, 0 as they were.\n" in capsys.readouterr().out
    assert main([*words, NORTH, "--in-force-from", "2026-03-01"]) == 0
    assert "40 rows: 40 read, 0 not read.\n0 items entered, 40 as they were.\n" in capsys.readouterr().out
    for where, date, wrong in (("nowhere", "2026-01-01", "no jurisdiction"), (NORTH, "1.1.2026", "no date")):
        assert main([*words, where, "--in-force-from", date]) == 2
        assert wrong in capsys.readouterr().err
