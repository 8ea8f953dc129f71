"""Reads a seal or logo from SVG and draws it anew: flat shapes only, and nothing of the file itself is kept.

What may stand in the file is a short list of elements and attributes. Everything else is refused with a sentence:
scripts, styles, links, pictures, references, text, and whatever unfolds into more than it looks (entities, `use`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final
from xml.parsers import expat

from pdtracker.pdf.svg_paths import (
    Matrix,
    NotAShape,
    Path,
    ellipse,
    matrix_of,
    number_of,
    numbers_of,
    path_of,
    polygon,
    rectangle,
)

LIMIT_BYTES: Final = 524_288
MOST_ELEMENTS: Final = 2_000
DEEPEST: Final = 40

_UNREAD: Final = "Use an SVG drawing; this file can’t be read as one."
_SVG: Final = "http://www.w3.org/2000/svg"
_SHAPES: Final = frozenset("path rect circle ellipse line polyline polygon".split())
_GROUPS: Final = frozenset({"svg", "g"})
_SILENT: Final = frozenset({"title", "desc", "metadata", "defs"})
"""What may stand in a file and is not drawn. `defs` must be empty: what it holds would be refused by itself."""
_EDITORS: Final = (
    "http://www.inkscape.org/",
    "http://sodipodi.sourceforge.net/",
    "http://www.w3.org/1999/02/22-rdf",
)
_STYLE: Final = frozenset(
    "fill fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit opacity fill-opacity"
    " stroke-opacity display visibility color".split()
)
_NUMBERS: Final = frozenset("x y width height rx ry cx cy r x1 y1 x2 y2".split())
_OTHERS: Final = frozenset(
    "d points transform style id class version baseProfile viewBox preserveAspectRatio role xml:space data-name"
    " enable-background aria-label aria-hidden aria-labelledby focusable".split()
)
_FULL: Final = frozenset({"1", "1.0", "100%"})
_COLOURS: Final[Mapping[str, str]] = {
    "black": "#000000", "white": "#ffffff", "red": "#ff0000", "lime": "#00ff00", "blue": "#0000ff", "green": "#008000",
    "navy": "#000080", "teal": "#008080", "maroon": "#800000", "purple": "#800080", "olive": "#808000",
    "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0", "aqua": "#00ffff", "cyan": "#00ffff",
    "fuchsia": "#ff00ff", "magenta": "#ff00ff", "yellow": "#ffff00", "gold": "#ffd700", "orange": "#ffa500",
    "brown": "#a52a2a", "darkgreen": "#006400", "darkred": "#8b0000", "darkblue": "#00008b", "goldenrod": "#daa520",
    "forestgreen": "#228b22", "royalblue": "#4169e1", "crimson": "#dc143c", "currentcolor": "#000000",
}  # fmt: skip
_RGB: Final = re.compile(r"rgb\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")


class NotADrawing(ValueError):
    """The file is no drawing that can stand on a certificate; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape where it stands: colours as `#rrggbb`, None where there is none; `width` is that of its line."""

    path: Path
    fill: str | None
    stroke: str | None
    width: float
    cap: int
    join: int
    is_even_odd: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """The shapes of a file in their order, and the box that shows of them; None when the file names none."""

    shapes: tuple[Shape, ...]
    box: tuple[float, float, float, float] | None


def read_svg(data: bytes) -> Picture:
    """The flat shapes of an SVG file. Raises NotADrawing."""
    if len(data) > LIMIT_BYTES:
        raise NotADrawing(f"Use a drawing of at most {LIMIT_BYTES // 1024} KB.")
    try:
        data.decode()
    except UnicodeDecodeError:
        raise NotADrawing("Save the drawing as UTF-8.") from None
    reader = _Reader()
    try:
        reader.read(data)
    except expat.ExpatError:
        raise NotADrawing(_UNREAD) from None
    except ArithmeticError:
        # An arc of nearly no size, or one transform after another, leads out of all numbers.
        raise NotADrawing("A shape of this drawing is too small or too large to be drawn.") from None
    except NotAShape as problem:
        raise NotADrawing(f"A shape of this drawing can’t be drawn: {problem}.") from problem
    if not reader.shapes:
        raise NotADrawing("The drawing shows nothing. Give its shapes a fill or a line.")
    return Picture(tuple(reader.shapes), reader.box)


@dataclass(frozen=True, slots=True)
class _Level:
    """What holds for what stands inside an element."""

    matrix: Matrix
    style: Mapping[str, str] = field(default_factory=dict)
    is_shown: bool = True


class _Reader:
    def __init__(self) -> None:
        self.shapes: list[Shape] = []
        self.box: tuple[float, float, float, float] | None = None
        self.levels = [_Level(Matrix())]
        self.elements = 0
        self.silent = 0

    def read(self, data: bytes) -> None:
        """Reads the file element by element, and stops at the first that it doesn't take."""
        parser = expat.ParserCreate("utf-8", " ")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self.begin
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = self.doctype
        parser.EntityDeclHandler = self.entity
        parser.ProcessingInstructionHandler = self.instruction
        parser.Parse(data, True)

    def doctype(self, _name: str, _system: str | None, _public: str | None, has_subset: int) -> None:
        """The line by which older programs begin a drawing is passed over; definitions in it are not."""
        if has_subset:
            raise NotADrawing("The drawing defines entities. Save it as plain SVG.")

    def entity(self, *_: object) -> None:
        """No definition of a word that stands for more."""
        raise NotADrawing("The drawing defines entities. Save it as plain SVG.")

    def instruction(self, target: str, _: str) -> None:
        """No style sheet or other instruction."""
        raise NotADrawing(f"The drawing has an instruction ({target[:20]}). Save it as plain SVG.")

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        """Takes an element, or refuses it by its name."""
        self.elements += 1
        if self.elements > MOST_ELEMENTS or len(self.levels) > DEEPEST:
            raise NotADrawing(f"The drawing has too many parts. Simplify it to at most {MOST_ELEMENTS:,}.")
        space, _, name = tag.rpartition(" ")
        if space.startswith(_EDITORS) or (space == _SVG and name in _SILENT):
            self.silent += 1
            self.levels.append(replace(self.levels[-1], is_shown=False))
            return
        if self.silent and name != "a" and space not in ("", _SVG):
            self.levels.append(self.levels[-1])  # what an editor or a library says of the drawing
            return
        if not self.levels[1:] and (space, name) != (_SVG, "svg"):
            raise NotADrawing(_UNREAD)
        if space != _SVG or name not in _SHAPES | _GROUPS:
            raise NotADrawing(_REFUSED.get(name, f"The drawing has a part that isn’t taken: {name[:30]}."))
        known = _attributes(name, attributes)
        style = _style(known)
        if name == "svg" and len(self.levels) == 1:
            self.box = _view_box(known)
        elif name == "svg":
            raise NotADrawing("The drawing has another drawing inside. Save it as one.")
        before = self.levels[-1]
        level = _Level(
            before.matrix.after(matrix_of(known.get("transform", ""))),
            {**before.style, **style},
            before.is_shown and style.get("display") != "none",
        )
        self.levels.append(level)
        if name in _SHAPES and level.is_shown and level.style.get("visibility", "visible") == "visible":
            self._add(name, known, level)

    def end(self, tag: str) -> None:
        """Leaves an element."""
        space, _, name = tag.rpartition(" ")
        if space.startswith(_EDITORS) or (space == _SVG and name in _SILENT):
            self.silent -= 1
        self.levels.pop()

    def _add(self, name: str, known: Mapping[str, str], level: _Level) -> None:
        fill = _colour(level.style.get("fill", "black"), level.style)
        stroke = _colour(level.style.get("stroke", "none"), level.style)
        width = number_of(level.style.get("stroke-width", "1")) * level.matrix.scale
        if width <= 0:
            stroke = None
        path = _path(name, known)
        if path and (fill or stroke):
            moved = [step._replace(points=tuple(map(level.matrix.at, step.points))) for step in path]
            cap = ("butt", "round", "square").index(level.style.get("stroke-linecap", "butt"))
            join = ("miter", "round", "bevel").index(level.style.get("stroke-linejoin", "miter"))
            even = level.style.get("fill-rule") == "evenodd"
            self.shapes.append(Shape(moved, fill, stroke, width, cap, join, even))


_REFUSED: Final = {
    "text": "The drawing has text. Convert it to outlines, and send it again.",
    "tspan": "The drawing has text. Convert it to outlines, and send it again.",
    "style": "The drawing has a style sheet. Save it with colours as attributes, or as plain SVG.",
    "script": "The drawing has a script. Save it as plain SVG.",
    "image": "The drawing has a picture inside. Send the picture itself as PNG.",
    "use": "The drawing repeats a part by reference. Save it with all parts expanded.",
    "linearGradient": "The drawing has a gradient. Use flat colours, or a PNG.",
    "radialGradient": "The drawing has a gradient. Use flat colours, or a PNG.",
    "clipPath": "The drawing clips a part. Flatten it, or use a PNG.",
    "mask": "The drawing masks a part. Flatten it, or use a PNG.",
    "filter": "The drawing has an effect. Use flat shapes, or a PNG.",
}


def _attributes(name: str, told: Mapping[str, str]) -> dict[str, str]:
    """The attributes that an element may have; those of editors are left out, any other is refused."""
    known: dict[str, str] = {}
    for full, value in told.items():
        space, _, attribute = full.rpartition(" ")
        if space.startswith(_EDITORS) or space == "http://www.w3.org/XML/1998/namespace":
            continue
        if space or attribute not in _STYLE | _NUMBERS | _OTHERS:
            raise NotADrawing(f"The drawing has an attribute that isn’t taken: {attribute[:30]} of {name}.")
        known[attribute] = value.strip()
    return known


def _style(known: Mapping[str, str]) -> dict[str, str]:
    """How it is painted, by its attributes and its own style."""
    style = {name: known[name] for name in _STYLE & known.keys()}
    for declared in known.get("style", "").split(";"):
        name, colon, value = (part.strip() for part in declared.partition(":"))
        if not colon:
            continue
        if name in _STYLE:
            style[name] = value
        elif name in ("clip-path", "mask", "filter") and value != "none":
            raise NotADrawing(f"The drawing has an effect ({name}). Flatten it, or use a PNG.")
    for name in ("opacity", "fill-opacity", "stroke-opacity"):
        if style.get(name, "1") not in _FULL:
            raise NotADrawing("The drawing has parts that shine through. Use full colours, or a PNG.")
    for name, words in _WORDS.items():
        if style.get(name, words[0]) not in words:
            raise NotADrawing(f"The drawing has {name} “{style[name][:20]}”, which isn’t taken.")
    return style


_WORDS: Final = {
    "stroke-linecap": ("butt", "round", "square"),
    "stroke-linejoin": ("miter", "round", "bevel"),
    "fill-rule": ("nonzero", "evenodd"),
}


def _view_box(known: Mapping[str, str]) -> tuple[float, float, float, float] | None:
    if "viewBox" in known:
        box = numbers_of(known["viewBox"])
        if len(box) != 4 or min(box[2:]) <= 0:
            raise NotADrawing("The drawing’s viewBox can’t be read.")
        return box[0], box[1], box[0] + box[2], box[1] + box[3]
    try:
        wide, tall = number_of(known.get("width", "")), number_of(known.get("height", ""))
    except NotAShape:
        return None
    return (0.0, 0.0, wide, tall) if min(wide, tall) > 0 else None


def _colour(text: str, style: Mapping[str, str]) -> str | None:
    told = text.strip().lower()
    if told == "currentcolor" and "color" in style and style["color"].lower() != told:
        return _colour(style["color"], {})
    if told in ("none", "transparent"):
        return None
    if told in _COLOURS:
        return _COLOURS[told]
    if re.fullmatch(r"#[0-9a-f]{3}", told):
        return "#" + "".join(2 * digit for digit in told[1:])
    if re.fullmatch(r"#[0-9a-f]{6}", told):
        return told
    if (parts := _RGB.fullmatch(told)) and all(int(part) < 256 for part in parts.groups()):
        return "#" + "".join(f"{int(part):02x}" for part in parts.groups())
    raise NotADrawing(f"The drawing has a colour that isn’t taken: {text[:30]}. Write it as #0d5c55.")


def _path(name: str, known: Mapping[str, str]) -> Path:
    def at(attribute: str) -> float:
        return number_of(known[attribute]) if attribute in known else 0.0

    match name:
        case "path":
            return path_of(known.get("d", ""))
        case "rect":
            rx = at("rx") if "rx" in known else at("ry")
            ry = at("ry") if "ry" in known else rx
            return rectangle(at("x"), at("y"), at("width"), at("height"), rx, ry)
        case "circle":
            return ellipse(at("cx"), at("cy"), at("r"), at("r"))
        case "ellipse":
            return ellipse(at("cx"), at("cy"), at("rx"), at("ry"))
        case "line":
            return polygon([at("x1"), at("y1"), at("x2"), at("y2")], is_closed=False)
        case _:
            return polygon(numbers_of(known.get("points", "")), is_closed=name == "polygon")
