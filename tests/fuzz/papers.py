"""Files and bodies of text: CSV, CAP, JSON records, GPX, GeoJSON, scenarios, CEXF, and codes as somebody types them."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from comms.adapters import cap, open311
from comms.adapters.http import form_fields, json_of
from comms.adapters.intake import Received
from comms.adapters.record import read_record
from comms.adapters.sheet import CSV_TYPE, SheetError, read_sheet
from comms.domain import patrol_codes
from comms.domain.decoding import UNREADABLE
from comms.domain.ids import JurisdictionId, PartyId, PatrolPlaceId, SourceId, party_officer, party_source, party_unit
from comms.domain.scenario import Scenario
from comms.domain.source import Source, WorkOrderField
from comms.domain.work_order import WorkOrder
from comms.fleet import tracks
from comms.fleet.tracks import TracksError, read_tracks
from comms.protocol.area import decode_area, decode_town
from comms.scenario.cexf import cexf_of, read_cexf
from comms.scenario.exchange import ExchangeError
from comms.scenario.msel import csv_of, read_msel
from comms.scenario.scenario_file import ScenarioFileError, problems_of, read_scenario, write_scenario
from console.duty.roster_file import Known, read_roster
from console.layers.files.peek import peek
from console.layers.files.reading import Request, read
from console.scenario.blank import blank
from tests.fuzz.target import Take, Target, owes

SOURCE = Source(
    id=SourceId("s"),
    name="s",
    jurisdiction_id=JurisdictionId("900000"),
    fields={WorkOrderField.LAT: ("lat", "a.0"), WorkOrderField.TEXT: ("text", "a.b.c"), WorkOrderField.KIND: ("kind",)},
)
_KNOWN = Known({}, {})


def holds(received: Received) -> None:
    """What every reader of work orders owes: it can be kept, and is a work order or says what it lacks."""
    order = received.order
    owes(msgspec.json.decode(msgspec.json.encode(order), type=WorkOrder) == order, "an order is not what it was")
    owes(0 < len(order.origin.source_id) <= 100, "a number that is none")
    owes(order.kind or received.faults, "neither a kind nor a fault")


# --- work orders ---------------------------------------------------------------------------------------------------


@contextmanager
def _cap(_folder: Path) -> Iterator[Take]:
    def take(data: bytes) -> None:
        message = cap.read_message(data, SOURCE)
        content = message.content
        holds(content if isinstance(content, Received) else content.received)

    yield take


_CAP = """<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
<identifier>i-1</identifier><sender>w@x</sender><sent>2026-07-29T08:00:00+08:00</sent><status>Actual</status>
<msgType>Update</msgType><scope>Public</scope><references>w@x,i-0,2026-07-29T07:00:00+08:00</references>
<info><language>zh-CN</language><category>Met</category><event>暴雨红色预警</event><severity>Extreme</severity>
<expires>2026-07-29T20:00:00+08:00</expires><headline>h</headline><area><areaDesc>a</areaDesc>{area}</area></info></alert>"""


def _cap_seeds() -> Iterable[bytes]:
    yield _CAP.format(area="<polygon>23.0,113.6 23.0,113.8 23.2,113.8 23.0,113.6</polygon>").encode()
    yield _CAP.format(area="<circle>23.0,113.6 5</circle>").replace("Actual", "Exercise").encode()
    yield _CAP.format(area="<geocode><value>441900</value></geocode>").replace("Update", "Cancel").encode()
    yield b'<!DOCTYPE a [<!ENTITY e "x">]><alert>&e;</alert>'
    yield _CAP.format(area="").encode("utf-16")


@contextmanager
def _record(_folder: Path) -> Iterator[Take]:
    def take(data: bytes) -> None:
        form_fields(data)
        try:
            found = json_of(data)
        except ValueError:
            return
        if isinstance(found, dict):
            holds(read_record(found, SOURCE, body=data))
            holds(open311.read_request(found, SOURCE, body=data, media_type="application/json"))

    yield take


def _record_seeds() -> Iterable[bytes]:
    yield '{"source_id":"1","kind":"积水","text":"t","lat":23.0,"lon":"113.7","a":[1,{"b":{"c":2}}]}'.encode()
    yield b'{"kind":"k","occurred_at":"2026-07-29T08:00:00+08:00","priority":3,"lat":1e400,"lon":null}'
    yield b"service_code=k&lat=23.0&long=113.7&attribute%5BA%5D=1&description=%E6%B0%B4"


# --- sheets of text ---------------------------------------------------------------------------------------------


@contextmanager
def _csv(_folder: Path) -> Iterator[Take]:
    """Who reads CSV from memory."""

    def take(data: bytes) -> None:
        try:
            for received in read_sheet(data, SOURCE, media_type=CSV_TYPE):
                holds(received)
        except SheetError:
            pass
        _msel(data)
        _tracks_of("track.csv", data)

    yield take


@contextmanager
def _csv_file(folder: Path) -> Iterator[Take]:
    """Who reads it from a file, one after the other: a tenth as many a second."""
    layer, roster = folder / "layer.csv", folder / "roster.csv"

    def take(data: bytes) -> None:
        layer.write_bytes(data)
        read(Request(path=str(layer)))
        peek(str(layer))
        _tracks(layer)
        roster.write_bytes(data)
        read_roster(roster, _KNOWN)

    yield take


def _msel(data: bytes) -> None:
    try:
        read_msel(data, _BASE)
    except ExchangeError:
        pass


def _tracks_of(name: str, data: bytes) -> None:
    """What `read_tracks` does once a file is open."""
    gathered = tracks._Gathered()
    try:
        tracks._read(gathered, name, "u", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", errors="replace"))
    except TracksError:
        return
    for track in gathered.finish().tracks:
        owes(bool((track.at[1:] > track.at[:-1]).all()), "a track out of its order")


def _tracks(path: Path) -> None:
    try:
        read_tracks(path)
    except TracksError:
        pass


_BASE: Scenario = blank("fuzz")


def _csv_seeds() -> Iterable[bytes]:
    yield "source_id,kind,text,lat,lon\n1,积水,t,23.0,113.7\n2,,x,,\n".encode()
    yield "编号,名称,纬度,经度,人数\n1,a,23.0,113.7,5\n2,b,不详,113.7,\n".encode("gb18030")
    yield b"user,time_utc,lat,lon\nu,2026-07-29T08:00:00Z,23.0,113.7\nu,x,y,z\n"
    yield b'name;x;y\n"a\nb";38420000;2560000\n'
    yield csv_of(_BASE)[:1500]
    yield "日期,岗位,值班员,开始,结束\n2026-07-29,a,b,08:00,20:00\n".encode()


# --- tracks and layers ----------------------------------------------------------------------------------------------


@contextmanager
def _gpx(_folder: Path) -> Iterator[Take]:
    def take(data: bytes) -> None:
        for name in ("track.gpx", "track.plt"):
            _tracks_of(name, data)

    yield take


@contextmanager
def _gpx_file(folder: Path) -> Iterator[Take]:
    paths = folder / "track.gpx", folder / "track.plt", folder / "track.gpx.gz"

    def take(data: bytes) -> None:
        for path in paths:
            path.write_bytes(data)
            try:
                read_tracks(path)
            except (TracksError, OSError, EOFError):
                pass

    yield take


_GPX = (
    '<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>u</name><trkseg>'
    '<trkpt lat="23.0" lon="113.7"><time>2026-07-29T08:00:00Z</time></trkpt>'
    '<trkpt lat="x" lon=""><time/></trkpt></trkseg></trk></gpx>'
)


def _gpx_seeds() -> Iterable[bytes]:
    yield _GPX.encode()
    yield b"1\n2\n3\n4\n5\n6\n39.9,116.3,0,492,39744.1,2008-10-23,02:53:04\n"
    yield _GPX.replace("<gpx", '<!DOCTYPE g [<!ENTITY e "ee">]><gpx').replace("<name>u", "<name>&e;").encode()


@contextmanager
def _geojson(folder: Path) -> Iterator[Take]:
    path = folder / "layer.geojson"

    def take(data: bytes) -> None:
        path.write_bytes(data)
        reading = read(Request(path=str(path)))
        owes(reading.report.loaded <= max(reading.report.rows, reading.report.loaded), "rows")
        peek(str(path))

    yield take


def _geojson_seeds() -> Iterable[bytes]:
    point = '{"type":"Feature","properties":{"名称":"a","n":1},"geometry":{"type":"Point","coordinates":[113.7,23.0]}}'
    ring = "[[113.7,23.0],[113.8,23.0],[113.8,23.1],[113.7,23.0]]"
    area = f'{{"type":"Feature","properties":{{"a":[1,{{}}]}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}'
    yield f'{{"type":"FeatureCollection","features":[{point},{area}]}}'.encode()
    yield f"{point}\n{area}\n".encode()
    yield f'{{"type":"FeatureCollection","datum":"gcj02","features":[{point},{area[:40]}'.encode()
    yield b'{"type":"FeatureCollection","features":[{"geometry":{"type":"GeometryCollection","geometries":[]}}]}'
    yield f'{{"crs":{{"properties":{{"name":"EPSG:4490"}}}},"features":[{point}]}}'.encode("gb18030")


# --- scenarios --------------------------------------------------------------------------------------------------


@contextmanager
def _scenario(_folder: Path) -> Iterator[Take]:
    def take(data: bytes) -> None:
        try:
            scenario = read_scenario(data, is_lenient=True)
        except ScenarioFileError as error:
            owes(error.problems, "refused without a word")
            return
        problems_of(data, locales=("zh_CN", "en"))
        owes(read_scenario(write_scenario(scenario), is_lenient=True) == scenario, "a scenario is not what it was")

    yield take


def _scenario_seeds() -> Iterable[bytes]:
    yield write_scenario(_BASE)
    yield b"title: a\ninjects: [{id: a, when: {by: time, s: 5}, what: {do: cue, text: x}}]\n"
    yield b"a: &x [1]\nb: *x\n"
    yield b"? [a]\n: b\n--- !!python/object:os.system\n{a: 1, a: 2}\n"


@contextmanager
def _cexf(_folder: Path) -> Iterator[Take]:
    def take(data: bytes) -> None:
        try:
            scenario, _ = read_cexf(data, _BASE)
        except ExchangeError:
            return
        cexf_of(scenario)

    yield take


def _cexf_seeds() -> Iterable[bytes]:
    yield (
        b'{"exercise":{"name":"e","total_duration":"3600"},"inject_flow":[{"inject_uuid":"1","requirements":'
        b'{"inject_uuid":"2"},"timing":{"triggered_at":"5"}}],"inject_payloads":[{"uuid":"p","parameters":{"content":'
        b'"eA==","content-type":"base64"}}],"injects":[{"uuid":"1","name":"n","action":"a",'
        b'"action_payload_resource_uuid":"p","inject_evaluation":[{"result":"r"}]},{"uuid":"2"}]}'
    )
    yield b'{"exercise":{"meta":{"wangge-desk-scenario":"{}"}},"inject_flow":[],"inject_payloads":[],"injects":[]}'


# --- codes and ids ----------------------------------------------------------------------------------------------


@contextmanager
def _code(_folder: Path) -> Iterator[Take]:
    secret, place = bytes(patrol_codes.SECRET_BYTES), PatrolPlaceId("place:1")
    numbers = {place: 3}
    typed = patrol_codes.typed_codes(secret, [place], numbers)
    good = patrol_codes.scanned_code(secret, place, 3)

    def take(data: bytes) -> None:
        code = data.decode("utf-8", "surrogatepass" if data[:1] == b"S" else "replace")
        found = patrol_codes.place_of_scanned(secret, code, numbers)
        owes(found is None or code.strip() == good, "a forged code opens a place")
        patrol_codes.is_scanned(code)
        named = typed.get(patrol_codes.as_typed(code))
        owes(named is None or len(patrol_codes.as_typed(code)) == patrol_codes.TYPED_CHARS, "a short code")
        kinds = [kind(PartyId(code)) for kind in (party_unit, party_officer, party_source)]
        owes(sum(kind is not None for kind in kinds) <= 1, "a party of two kinds")

    def guarded(data: bytes) -> None:
        try:
            take(data)
        except UnicodeDecodeError:
            pass  # bytes that are no text never become a code

    yield guarded


def _code_seeds() -> Iterable[bytes]:
    secret, place = bytes(patrol_codes.SECRET_BYTES), PatrolPlaceId("place:1")
    yield patrol_codes.scanned_code(secret, place, 3).encode()
    yield patrol_codes.scanned_code(secret, place, 2).encode()
    yield patrol_codes.typed_code(secret, place, 3).lower().encode()
    yield b"unit:u1"
    yield b"WGV1|\xed\xa0\x80|3|x"


@contextmanager
def _town(_folder: Path) -> Iterator[Take]:
    def take(data: bytes) -> None:
        for decode in (decode_area, decode_town):
            try:
                decode(data)
            except UNREADABLE:
                pass

    yield take


def _town_seeds() -> Iterable[bytes]:
    from comms.protocol.area import Area, encode_area, encode_town
    from tests.support.gateway import tiny_town

    yield encode_area(Area(name="a", bounds=(22.9, 113.6, 23.1, 113.8)))
    yield encode_town(tiny_town())
    yield b'{"name":"\xff","bounds":[]}'
    yield b'{"name":"a","bounds":' + b"[" * 1500


TARGETS = (
    Target("cap", _cap, _cap_seeds),
    Target("record", _record, _record_seeds),
    Target("csv", _csv, _csv_seeds),
    Target("csv-file", _csv_file, _csv_seeds),
    Target("gpx", _gpx, _gpx_seeds),
    Target("gpx-file", _gpx_file, _gpx_seeds),
    Target("geojson", _geojson, _geojson_seeds),
    Target("scenario", _scenario, _scenario_seeds),
    Target("cexf", _cexf, _cexf_seeds),
    Target("code", _code, _code_seeds),
    Target("town", _town, _town_seeds, most_bytes=3000),
)
