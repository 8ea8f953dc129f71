"""Finds the serif typefaces of the classic certificate, which lie beside this module with their licences."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from reportlab.pdfbase.ttfonts import TTFontFile

_FOLDER: Final = Path(__file__).with_name("typefaces")


@cache
def serif(name: str) -> TTFontFile:
    """The font of this name ("EBGaramond-Regular") as reportlab reads it."""
    return TTFontFile(str(_FOLDER / f"{name}.ttf"))
