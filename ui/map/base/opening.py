"""From a provider's description to a base map that can be painted."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from console.layers.base_map import Matrix, Provider, Scheme
from ui.map.base.base_layer import BaseLayer
from ui.map.base.file_source import FileSource, open_archive
from ui.map.base.geographic import GeographicSource
from ui.map.base.net_source import NetSource
from ui.map.base.tile_source import TileSource


def open_base(
    provider: Provider, parent: QObject | None, *, cache: Path | None = None, cache_bytes: int = 512 * 2**20
) -> BaseLayer:
    """Nothing is fetched or opened before the first frame asks for tiles."""
    source: TileSource
    if provider.scheme is Scheme.ADDRESS:
        source = NetSource(provider, None, cache=cache / provider.id if cache else None, cache_bytes=cache_bytes)
    else:
        source = FileSource([partial(open_archive, provider.scheme, Path(path)) for path in provider.sources], None)
    if provider.matrix is Matrix.GEOGRAPHIC:
        source = GeographicSource(source, None)
    return BaseLayer(provider, source, parent)
