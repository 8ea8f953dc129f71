"""Finds Open Sans in its package."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import ttf_opensans
from reportlab.pdfbase.ttfonts import TTFontFile


@cache
def open_sans(weight: str) -> TTFontFile:
    """The font of this weight ("Regular", "SemiBold", "Bold", "ExtraBold") as reportlab reads it."""
    return TTFontFile(str(Path(ttf_opensans.TTF_BIN_FOLDER) / f"OpenSans-{weight}.ttf"))
