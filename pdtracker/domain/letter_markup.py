"""A letter's plain text as HTML: paragraphs, lists and links, and nothing that its words could bring in."""

from __future__ import annotations

import html
import re
from itertools import groupby

_ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")


def letter_html(body: str) -> str:
    """The same words for programs that show HTML: every letter escaped, addresses as links, `- ` as a list.

    No picture, no script, no style from elsewhere: a letter tells nobody that it was read.
    """
    blocks = "".join(_block(block) for block in body.strip().split("\n\n"))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title></title></head>'
        f'<body style="font: 16px/1.5 sans-serif; max-width: 38em">{blocks}</body></html>\n'
    )


def _block(block: str) -> str:
    parts = []
    for is_list, lines in groupby(block.strip("\n").split("\n"), key=lambda line: line.startswith("- ")):
        if is_list:
            items = "".join(f"<li>{_linked(line.removeprefix('- '))}</li>" for line in lines)
            parts.append(f"<ul>{items}</ul>")
        else:
            parts.append(f"<p>{'<br>'.join(_linked(line) for line in lines)}</p>")
    return "".join(parts)


def _linked(line: str) -> str:
    done, told = 0, []
    for found in _ADDRESS.finditer(line):
        told.append(html.escape(line[done : found.start()]))
        address = html.escape(found[0])
        told.append(f'<a href="{address}">{address}</a>')
        done = found.end()
    return "".join([*told, html.escape(line[done:])])
