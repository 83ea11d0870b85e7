"""A report as one HTML file that needs nothing else: pictures are in it, and it asks no network for anything."""

from base64 import b64encode
from html import escape
from typing import assert_never

from ui.report.document import Block, Heading, NewPage, Paragraph, Picture, Report, Signatures, Table

_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.6 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", sans-serif; max-width: 62rem;
  margin: 2rem auto; padding: 0 1rem; color: #18222c; background: #fff }
h1 { font-size: 1.7rem; margin-bottom: 0 } h2 { font-size: 1.25rem; margin-top: 2rem } h3 { font-size: 1.05rem }
.subtitle, .dim, figcaption, footer { color: #4d5a66 }
p { white-space: pre-line }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: 14px }
th { background: #e8edf2; text-align: left } th, td { border-bottom: 1px solid #8b96a1; padding: .35rem .5rem;
  vertical-align: top }
.number { text-align: right; font-variant-numeric: tabular-nums }
figure { margin: 1rem 0 } img { max-width: 100% }
.sign { display: flex; gap: 2rem; margin-top: 3rem } .sign div { flex: 1; border-top: 1px solid; padding-top: .3rem }
footer { margin-top: 3rem; font-size: 13px }
@media (prefers-color-scheme: dark) { body { color: #e6ebf0; background: #12181e } th { background: #24303b }
  .subtitle, .dim, figcaption, footer { color: #a8b4bf } img { background: #fff } }
@media print { .page { break-before: page } body { margin: 0; max-width: none } tr { break-inside: avoid } }
"""


def html_of(report: Report, *, language: str) -> bytes:
    """`language` is that of its words, as HTML names it: `zh-CN`, `en`."""
    body = "\n".join(_block(block) for block in report.blocks)
    subtitle = f'<p class="subtitle">{escape(report.subtitle)}</p>' if report.subtitle else ""
    page = f"""<!DOCTYPE html>
<html lang="{escape(language, quote=True)}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(report.title)}</title><style>{_STYLE}</style></head>
<body><h1>{escape(report.title)}</h1>{subtitle}
{body}
<footer>{escape(report.foot)}</footer></body></html>
"""
    return page.encode()


def _block(block: Block) -> str:
    match block:
        case Heading(words=words, level=level):
            name = f"h{max(2, level)}"
            return f"<{name}>{escape(words)}</{name}>"
        case Paragraph(words=words, is_dim=is_dim):
            return f'<p class="dim">{escape(words)}</p>' if is_dim else f"<p>{escape(words)}</p>"
        case Table():
            return _table(block)
        case Picture():
            return _picture(block)
        case Signatures(captions=captions):
            return '<div class="sign">' + "".join(f"<div>{escape(words)}</div>" for words in captions) + "</div>"
        case NewPage():
            return '<div class="page"></div>'
        case _:
            assert_never(block)


def _table(table: Table) -> str:
    head = "".join(f"<th{_number(table, at)}>{escape(words)}</th>" for at, words in enumerate(table.head))
    rows = (
        "<tr>" + "".join(f"<td{_number(table, at)}>{escape(cell)}</td>" for at, cell in enumerate(row)) + "</tr>"
        for row in table.rows
    )
    parts = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f'<div class="wide"><table>{parts}</table></div>'


def _number(table: Table, column: int) -> str:
    return ' class="number"' if column in table.numbers else ""


def _picture(picture: Picture) -> str:
    kind = "png" if picture.data.startswith(b"\x89PNG") else "jpeg"
    source = f"data:image/{kind};base64,{b64encode(picture.data).decode()}"
    words = escape(picture.caption, quote=True)
    caption = f"<figcaption>{words}</figcaption>" if picture.caption else ""
    image = f'<img src="{source}" alt="{words}" style="width:{picture.width_pct:g}%">'
    return f"<figure>{image}{caption}</figure>"
