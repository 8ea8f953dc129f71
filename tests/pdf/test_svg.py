"""A seal or logo as SVG: what is drawn of it, what is refused with a sentence, and that files stay genuine."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from pdtracker.domain.codes import kid_of
from pdtracker.pdf.certificate import render
from pdtracker.pdf.logos import PREPARED_BYTES, Logo, NotALogo, prepare_logo, read_logo
from pdtracker.pdf.svg_paths import Matrix, matrix_of, path_of
from pdtracker.pdf.verdict import FileMatch, Finding, examine
from pdtracker.signing import verify
from tests.pdf.looks import collisions
from tests.pdf.sheets import CASES, DESIGNS, designed, signed

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'


def svg(inside: str, begin: str = OPEN) -> bytes:
    return f"{begin}{inside}</svg>".encode()


SEAL = svg(
    '<title>Seal</title><defs/><circle cx="50" cy="50" r="48" fill="#0d5c55" stroke="gold" stroke-width="4"/>'
    '<g transform="translate(50 50) scale(.5)" style="fill:#fff"><path d="M0-60L20 0 0 60l-20-60z"/></g>'
)


def shown(data: bytes, scale: float = 4.0) -> Image.Image:
    return pypdfium2.PdfDocument(data)[0].render(scale=scale).to_pil()


def certificate_with(data: bytes, design: str = "plain") -> tuple[bytes, Logo]:
    logo = read_logo(prepare_logo(data))
    made = designed(CASES["one"], design)
    made = replace(made, district=replace(made.district, mark=logo.digest))
    return render(*signed(made), logo), logo


@pytest.mark.parametrize("design", list(DESIGNS))
def test_a_certificate_with_a_drawing_is_genuine_and_holds_its_words_apart(design: str) -> None:
    data, logo = certificate_with(SEAL, design)
    assert collisions(data) == []
    public = signed(CASES["one"])[2]
    verdict = examine(data, {kid_of(public): public}, verify)
    assert (verdict.finding, verdict.file) == (Finding.GENUINE, FileMatch.IDENTICAL)
    assert (logo.width, logo.height) == (2000, 2000)


def test_another_drawing_on_the_page_is_found() -> None:
    data, _ = certificate_with(SEAL)
    public = signed(CASES["one"])[2]
    with pikepdf.open(io.BytesIO(data)) as document:
        mark = document.pages[0].Resources.XObject["/Im0"]
        mark.write(mark.read_bytes().replace(b"0 0 m", b"9 9 m").replace(b"1 1 1 rg", b"1 0 0 rg"))
        out = io.BytesIO()
        document.save(out)
    assert examine(out.getvalue(), {kid_of(public): public}, verify).file is not FileMatch.IDENTICAL


def test_the_colours_stand_where_the_drawing_has_them() -> None:
    """Halves of a square: what is on the left and above in the file is so on the sheet."""
    halves = '<path d="M0 0h50v100H0z" fill="red"/><rect x="50" width="50" height="50" fill="#00f"/>'
    data, _ = certificate_with(svg(halves + '<rect x="50" y="50" width="50" height="50" fill="lime"/>'))
    with pikepdf.open(io.BytesIO(data)) as document:
        content = document.pages[0].Contents.read_bytes().decode("latin-1")
    wide, tall, x, y = next(
        (float(a), float(d), float(e), float(f))
        for a, _, _, d, e, f in [
            line.split()[1:7] for line in content.split("\n") if line.endswith("/Im0 Do Q")
        ]
    )
    picture, height = shown(data), 612

    def at(across: float, down: float) -> tuple[int, ...]:
        return picture.getpixel((int((x + across * wide) * 4), int((height - y - tall + down * tall) * 4)))

    assert at(0.25, 0.5) == (255, 0, 0)
    assert at(0.75, 0.25) == (0, 0, 255)
    assert at(0.75, 0.75) == (0, 255, 0)


def test_paths_are_read_as_svg_writes_them() -> None:
    assert path_of("M1 2l3-1.5.5.5") == path_of("M 1,2 L 4,0.5 L 4.5,1")
    assert path_of("m1 1 2 2z m1 1h1") == path_of("M1 1L3 3Z M2 2H3")
    assert path_of("M0 0a5 5 0 0110 0")[-1].points[-1] == (10, 0)
    assert path_of("M0 0c0 5 5 10 10 10s10-5 10-10") == path_of("M0 0C0 5 5 10 10 10C15 10 20 5 20 0")
    assert path_of("M0 0Q5 10 10 0T20 0")[-1].points[-1] == (20, 0)


def test_an_arc_stays_on_its_circle() -> None:
    for step in path_of("M10 0A10 10 0 1 1 0-10"):
        for x, y in step.points[-1:]:
            assert x * x + y * y == pytest.approx(100, abs=1e-6)


def test_transforms_hold_from_the_left() -> None:
    x, y = matrix_of("translate(10,5) rotate(90) scale(2)").at((1, 0))
    assert (x, y) == pytest.approx((10, 7))
    assert matrix_of("") == Matrix()


SCRIBBLE = "".join(f"L{n * 37 % 99} {n * 53 % 97}.{n % 10}" for n in range(9_000))
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg/>", "can’t be read as one"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'><script/></html>", "can’t be read as one"),
        (b"<svg", "can’t be read as one"),
        (SEAL.decode().encode("utf-16"), "can’t be read as one"),
        (OPEN.encode() + b"\xff</svg>", "as UTF-8"),
        (b'<!DOCTYPE svg [<!ENTITY l0 "ha">' + LAUGHS.encode() + b"]>" + svg("&l9;"), "entities"),
        (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg("<title>&x;</title>"), "entities"),
        (b'<?xml-stylesheet href="https://elsewhere.example/a.css"?>' + SEAL, "instruction"),
        (svg("<script>alert(1)</script>"), "has a script"),
        (svg('<rect width="9" height="9" onclick="alert(1)"/>'), "onclick of rect"),
        (svg('<a href="https://elsewhere.example"><rect width="9" height="9"/></a>'), "isn’t taken: a."),
        (svg('<image href="file:///etc/passwd"/>'), "picture inside"),
        (svg("<style>*{fill:url(https://elsewhere.example)}</style>"), "style sheet"),
        (svg('<rect width="9" height="9" fill="url(#g)"/>'), "colour that isn’t taken"),
        (svg('<rect width="9" height="9" style="filter:url(#f)"/>'), "an effect"),
        (svg('<rect width="9" height="9" opacity=".5"/>'), "shine through"),
        (svg('<defs><linearGradient id="g"/></defs>'), "gradient"),
        (svg('<use href="#a"/>'), "by reference"),
        (svg("<text>Maplewood</text>"), "Convert it to outlines"),
        (svg('<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>'), "foreignObject"),
        (svg(OPEN + "</svg>"), "another drawing inside"),
        (svg(""), "shows nothing"),
        (svg('<rect x="200" width="9" height="9"/>'), "shows nothing"),
        (svg('<rect width="1e308" height="9"/>'), "no number"),
        (svg('<rect width="NaN" height="9"/>'), "no number"),
        (svg('<path d="L1 1"/>'), "doesn’t begin with a place"),
        (svg('<path d="M1 1Q"/>'), "can’t be read"),
        (svg('<path d="' + "M1 1" + "h1" * 30_000 + '"/>'), "lines and curves"),
        (svg('<g transform="rotate(a)"/>'), "no number"),
        (svg("<g>" * 60 + "</g>" * 60), "too many parts"),
        (svg("<g/>" * 2_100), "too many parts"),
        (svg("<desc>" + "x" * 600_000 + "</desc>"), "at most 512 KB"),
        (svg(f'<path d="M0 0{SCRIBBLE}"/>'), "too much detail"),
        (svg('<path d="M0 0A1e-300 1e-300 0 0 0 9 9"/>'), "too small or too large"),
        (svg('<path d="M0 0A1e-200 1e-200 0 0 0 1e-200 1e-200"/>'), "too small or too large"),
        (svg('<path d="M0 0h9v9" stroke="red"/>', OPEN.replace("0 0 100 100", "0 0 1e-310 1e-310")), "shows nothing"),
        (svg(f'<g transform="{"scale(1e6)" * 60}"><path d="M0 0h1v1"/></g>'), "shows nothing"),
        (svg(f'<g transform="{"scale(1e6)" * 50}"><path d="M0 0h1v1"/></g>'), "reaches too far"),
        (svg('<path d="M0 0h9v9" stroke="red"/>', OPEN.replace("100 100", ".001 .001")), "reaches too far"),
        (svg('<path d="M0 0L9 9L1000000 3z"/>'), "reaches too far"),
        (svg(f'<polyline points="{"1 1 " * 100_000}3 3 4 5"/>'), "too many points"),
    ],
)  # fmt: skip
def test_what_is_no_plain_drawing_is_refused_with_a_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(NotALogo, match=sentence):
        prepare_logo(data)


def test_what_editors_say_of_a_drawing_is_passed_over() -> None:
    made = svg(
        '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><cc:Work'
        ' xmlns:cc="http://creativecommons.org/ns#"/></rdf:RDF></metadata><sodipodi:namedview id="v"/>'
        '<g inkscape:label="L"><rect width="9" height="9" inkscape:x="1"/></g>',
        OPEN.replace(
            "<svg ",
            '<svg xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
            ' xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" ',
        ),
    )
    doctype = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">\n'
    logo = read_logo(prepare_logo(doctype + made))
    assert logo.strokes == b"0 0 0 rg 0 2000 m 2000 2000 l 2000 0 l 0 0 l h f\n"


def test_a_drawing_holds_operators_and_nothing_else() -> None:
    assert len(read_logo(prepare_logo(SEAL)).strokes) < PREPARED_BYTES
    for strokes in (b"/Im1 Do ", b"0 0 m\n(x) Tj\n", b"0 0 m endstream", b"1e9 0 m\n", b"q "):
        with pytest.raises(NotALogo):
            Logo(10, 10, strokes=strokes)
    with pytest.raises(NotALogo):
        Logo(0, 10, strokes=b"0 0 m\n")
