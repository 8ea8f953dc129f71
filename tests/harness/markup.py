"""Reads HTML as html5lib does, with the same errors, in less time: what is plainly a tag is taken in one step.

html5lib goes from letter to letter. A tag whose letters can mean nothing else (its attributes apart from each other, in
double quotes, without a reference and none of them twice) is what it would come to; everything else is left to it.
"""

from __future__ import annotations

import re
from typing import Any

from html5lib import HTMLParser
from html5lib._tokenizer import HTMLTokenizer
from html5lib.constants import tokenTypes

_ATTRIBUTE = r'[ \n]+([A-Za-z][A-Za-z0-9:_-]*)(?:="([^"&\x00]*)")?'
_PLAIN_ATTRIBUTE = re.compile(_ATTRIBUTE)
_PLAIN_TAG = re.compile(rf"<(?:/([a-z][a-z0-9]*)|([a-z][a-z0-9]*)((?:{_ATTRIBUTE})*)[ \n]*(/?))>")


class PlainTags(HTMLTokenizer):  # type: ignore[misc]
    """html5lib's tokens."""

    def dataState(self) -> bool:  # noqa: N802 - html5lib's name
        """Take a plain tag that lies before us; anything else letter by letter."""
        found = _PLAIN_TAG.match(self.stream.chunk, self.stream.chunkOffset)
        token = found and _token(found)
        if not found or not token:
            return bool(super().dataState())
        self.stream.chunkOffset = found.end()
        self.currentToken = token
        self.tokenQueue.append(token)
        return True


class PlainParser(HTMLParser):  # type: ignore[misc]
    """html5lib's tree and errors."""

    def _parse(self, stream: str, *_: Any) -> None:
        self.innerHTMLMode, self.container, self.scripting = False, None, False
        self.tokenizer = PlainTags(stream, parser=self)
        self.reset()
        self.mainLoop()


def parsed(text: str) -> HTMLParser:
    """A parser that has read the text: `tree.getDocument()` is the page, `errors` is what is wrong with it."""
    parser = PlainParser(strict=False)
    parser.parse(text)
    return parser


def _token(found: re.Match[str]) -> dict[str, Any] | None:
    ended, begun, attributes = found[1], found[2], found[3]
    if ended:
        return {"type": tokenTypes["EndTag"], "name": ended, "data": {}, "selfClosing": False}
    given = [(name.lower(), value) for name, value in _PLAIN_ATTRIBUTE.findall(attributes)]
    kept = dict(given)
    if len(kept) < len(given):
        return None
    return {
        "type": tokenTypes["StartTag"],
        "name": begun,
        "data": kept,
        "selfClosing": bool(found[found.re.groups]),
        "selfClosingAcknowledged": False,
    }
