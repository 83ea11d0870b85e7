"""Base maps as data: where their tiles come from, in which datum and matrix they are cut, whose name they carry."""

from enum import StrEnum

import msgspec

from comms.domain.datum import Datum


class Scheme(StrEnum):
    """How tiles are fetched: by address (XYZ and WMTS alike), or from one file on this desk."""

    ADDRESS = "address"
    MBTILES = "mbtiles"
    PMTILES = "pmtiles"


class Matrix(StrEnum):
    """How the world is cut. GEOGRAPHIC (CGCS2000 degrees, 天地图 `_c`) is redrawn as Web Mercator for the screen."""

    WEB_MERCATOR = "web_mercator"
    GEOGRAPHIC = "geographic"


class Provider(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`sources` are drawn one above another: addresses with `{z} {x} {y}` (`{-y}` from the south), `{s}` for one of
    `hosts` and `{key}`; or the path of a file. `id` is unique; `name` is shown as it is."""

    id: str
    name: str
    sources: tuple[str, ...]
    scheme: Scheme = Scheme.ADDRESS
    hosts: tuple[str, ...] = ()
    key: str = ""
    datum: Datum = Datum.WGS84
    matrix: Matrix = Matrix.WEB_MERCATOR
    zoom_from: int = 0
    zoom_to: int = 18
    attribution: str = ""

    @property
    def needs_key(self) -> bool:
        return any("{key}" in source for source in self.sources)

    @property
    def is_ready(self) -> bool:
        return bool(self.sources) and (bool(self.key) or not self.needs_key)


def _tianditu(kind: str, words: str, matrix: Matrix) -> Provider:
    """天地图: ground and names are a layer each. https://lbs.tianditu.gov.cn/server/MapService.html"""
    letter = "w" if matrix is Matrix.WEB_MERCATOR else "c"
    sources = tuple(
        f"https://t{{s}}.tianditu.gov.cn/{layer}_{letter}/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}"
        f"&STYLE=default&TILEMATRIXSET={letter}&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={{key}}"
        for layer in (kind, f"c{kind[0]}a")
    )
    return Provider(
        id=f"tianditu_{kind}_{letter}",
        name=words,
        sources=sources,
        hosts=tuple("01234567"),
        datum=Datum.CGCS2000,
        matrix=matrix,
        zoom_from=1,
        attribution="天地图 © 国家地理信息公共服务平台",
    )


BUILT_IN: tuple[Provider, ...] = (
    _tianditu("vec", "天地图 · 矢量", Matrix.WEB_MERCATOR),
    _tianditu("img", "天地图 · 影像", Matrix.WEB_MERCATOR),
    _tianditu("vec", "天地图 · 矢量（经纬度）", Matrix.GEOGRAPHIC),
    _tianditu("img", "天地图 · 影像（经纬度）", Matrix.GEOGRAPHIC),
)


def tile_address(provider: Provider, sheet: int, *, z: int, x: int, y: int) -> str:
    """The address of one tile; hosts take turns so that the same tile always comes from the same one."""
    address = provider.sources[sheet]
    host = provider.hosts[(x + y) % len(provider.hosts)] if provider.hosts else ""
    rows = 1 << z
    values = {
        "{z}": str(z),
        "{x}": str(x),
        "{y}": str(y),
        "{-y}": str(rows - 1 - y),
        "{s}": host,
        "{key}": provider.key,
    }
    for mark, value in values.items():
        address = address.replace(mark, value)
    return address


def known_providers(own: tuple[Provider, ...]) -> tuple[Provider, ...]:
    """The built-in ones as the officer changed them, a key say, then the officer's own."""
    changed = {provider.id: provider for provider in own}
    built_in = tuple(changed.pop(provider.id, provider) for provider in BUILT_IN)
    return (*built_in, *changed.values())
