"""Draws charts: a program of its own (`python -m ui.bulletin.draw`), because what draws takes 45 MB and a second and is
needed for minutes a month. It reads a Drawing from its input and writes Charts to its output, both as JSON; no Qt."""

import io
import logging
import sys
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox


MOST_LETTERS = 12
"""Of a name beside a bar."""
BAR_SHARE = 0.66
"""Of its row that a bar fills."""


class Bar(msgspec.Struct, frozen=True):
    name: str
    value: float


class Trend(msgspec.Struct, frozen=True):
    name: str
    values: tuple[float | None, ...]
    """None where there is nothing to tell a rate of."""


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """Colours are `#rrggbb`; sizes are pixels at `dpi`."""

    bars: tuple[Bar, ...]
    bars_title: str
    bars_unit: str = ""
    trends: tuple[Trend, ...]
    trends_title: str
    ticks: tuple[str, ...]
    """Of the trends, one a value."""
    ground: str
    ink: str
    dim: str
    colours: tuple[str, ...]
    families: tuple[str, ...]
    width: int
    height: int
    dpi: int = 96


class Charts(msgspec.Struct, frozen=True, kw_only=True):
    """PNG files. `bar_boxes` are left, top, width and height of each bar's row in the first, shares of its size."""

    bars: bytes
    trends: bytes
    bar_boxes: tuple[tuple[float, float, float, float], ...]


def draw(wish: Drawing) -> Charts:
    # That it looks through the fonts, once on a machine, is nothing to warn of.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    from matplotlib import font_manager, rcParams

    known = {font.name for font in font_manager.fontManager.ttflist}
    rcParams["font.family"] = [*(name for name in wish.families if name in known), "DejaVu Sans"]
    rcParams["axes.unicode_minus"] = False
    bars, boxes = _bars(wish)
    return Charts(bars=bars, trends=_trends(wish), bar_boxes=boxes)


def _axes(wish: Drawing) -> "Axes":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    size = (wish.width / wish.dpi, wish.height / wish.dpi)
    figure = Figure(figsize=size, dpi=wish.dpi, facecolor=wish.ground, layout="constrained")
    FigureCanvasAgg(figure)
    return figure.add_subplot(facecolor=wish.ground)


def _bars(wish: Drawing) -> tuple[bytes, tuple[tuple[float, float, float, float], ...]]:
    axes = _axes(wish)
    names = [bar.name if len(bar.name) <= MOST_LETTERS else bar.name[: MOST_LETTERS - 1] + "…" for bar in wish.bars]
    drawn = axes.barh(range(len(names)), [bar.value for bar in wish.bars], color=wish.colours[0], height=BAR_SHARE)
    axes.bar_label(drawn, fmt="%g" + wish.bars_unit.replace("%", "%%"), padding=3, color=wish.ink, fontsize=8)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.margins(x=0.14)
    _dress(axes, wish, wish.bars_title)
    image = _png(axes)
    return image, tuple(_box(bar.get_window_extent(), wish) for bar in drawn)


def _trends(wish: Drawing) -> bytes:
    axes = _axes(wish)
    for trend, colour in zip(wish.trends, wish.colours, strict=False):
        values = [float("nan") if value is None else value for value in trend.values]
        axes.plot(range(len(values)), values, color=colour, marker="o", markersize=3, linewidth=1.6, label=trend.name)
    axes.set_xticks(range(len(wish.ticks)), wish.ticks)
    axes.set_ylim(bottom=0)
    if wish.trends:
        axes.legend(fontsize=8, facecolor=wish.ground, edgecolor=wish.dim, labelcolor=wish.ink, loc="best")
    _dress(axes, wish, wish.trends_title)
    return _png(axes)


def _dress(axes: "Axes", wish: Drawing, title: str) -> None:
    axes.set_title(title, fontsize=10, color=wish.ink, loc="left")
    axes.tick_params(colors=wish.ink, labelsize=8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(wish.dim)


def _png(axes: "Axes") -> bytes:
    from matplotlib.figure import Figure

    buffer, figure = io.BytesIO(), axes.figure
    assert isinstance(figure, Figure)
    figure.savefig(buffer, format="png", facecolor=axes.get_facecolor())
    return buffer.getvalue()


def _box(extent: "Bbox", wish: Drawing) -> tuple[float, float, float, float]:
    """The whole row of a bar, so that a short one can be hit, too."""
    height = extent.height / BAR_SHARE
    top = 1 - (extent.y0 + extent.height / 2 + height / 2) / wish.height
    return (0.0, float(top), 1.0, float(height / wish.height))


def main() -> None:
    wish = msgspec.json.decode(sys.stdin.buffer.read(), type=Drawing)
    sys.stdout.buffer.write(msgspec.json.encode(draw(wish)))


if __name__ == "__main__":
    main()
