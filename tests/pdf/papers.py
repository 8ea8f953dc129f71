"""Every kind of paper that is drawn, ordinary and hard, for what must hold of all of them."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from PIL import Image, ImageDraw

from pdtracker.domain.appearance import Signatory
from pdtracker.domain.certificate import Snapshot, Template
from pdtracker.domain.sign_in_sheet import Paper, SheetName, SignInSheet
from pdtracker.domain.state_forms import StateForm
from pdtracker.pdf import certificate, licence_statement, sign_in_sheet, transcript
from pdtracker.pdf.logos import Logo, prepare_logo, prepare_signature, read_logo
from tests.pdf.forms import formed
from tests.pdf.sheets import CASES, DESIGNS, LONG_NAME, designed, signed
from tests.pdf.test_certificate import logo_png
from tests.pdf.test_licence_statement import statement
from tests.pdf.test_transcript import transcript as transcript_of

A4 = Template("modern", 2, "a4")


def with_logo() -> bytes:
    logo = read_logo(prepare_logo(logo_png()))
    made = replace(CASES["three"], district=replace(CASES["three"].district, mark=logo.digest))
    return certificate.render(*signed(made), logo)


SCANNER = "https://pd.maplewood.example/maplewood/desks/0apr10qymwbk6/scanner?badge="


def signing_in(count: int, paper: Paper) -> bytes:
    names = tuple(
        SheetName(f"{LONG_NAME} {n}", "Birch Hill Middle School", f"{SCANNER}0apr10qymwbk6{n:012d}")
        for n in range(count)
    )
    sheet = SignInSheet(
        district="Maplewood Central School District",
        title="Edcamp Essex: un-conference on whole community engagement",
        event="Connected Educator Month 2014",
        when="October 25, 2014, 9:00 a.m.–noon ET",
        paper=paper,
        names=names,
        blanks=12,
        address="https://pd.maplewood.example/sheets/12",
    )
    return sign_in_sheet.render(sheet, datetime(2014, 10, 24, 12, tzinfo=UTC))


def signature_png(seed: int = 1) -> bytes:
    """A scanned signature: a grey stroke on paper that isn't quite white."""
    dice = random.Random(seed)
    picture = Image.new("RGB", (900, 240), (248, 247, 243))
    points = [(30 + 28 * number, 120 + dice.randint(-90, 90)) for number in range(30)]
    ImageDraw.Draw(picture).line(points, fill=(60, 60, 80), width=7, joint="curve")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def chosen(design: str, paper: str = "letter", case: str = "eight", **more: Any) -> bytes:
    """A certificate with everything that a district may choose: logo, accent, own words, two who sign."""
    return certificate.render(*chosen_parts(design, paper, case, **more))


def chosen_parts(
    design: str, paper: str = "letter", case: str = "eight", **more: Any
) -> tuple[Snapshot, bytes, bytes, Logo, tuple[Logo, ...]]:
    logo = read_logo(prepare_logo(logo_png()))
    inked = [read_logo(prepare_signature(signature_png(seed))) for seed in (1, 2)]
    plain = CASES[case]
    signatories = (
        Signatory("Bo Tran", "Director of Professional Learning", inked[0].digest),
        Signatory("Camille Beauregard", "Superintendent of Schools", inked[1].digest),
    )
    choice = {
        "accent": "#5b1f3d",
        "statement": "has taken part in {amount} of learning approved by our board of education in",
        "signatories": signatories,
    }
    made = designed(
        replace(plain, district=replace(plain.district, mark=logo.digest)),
        design,
        paper,
        **{**choice, **more},
    )
    return (*signed(made), logo, tuple(inked))


CERTIFICATES: Mapping[str, Callable[[], bytes]] = {
    **{name: lambda made=made: certificate.render(*signed(made)) for name, made in CASES.items()},
    **{
        f"{name} on A4": lambda made=CASES[name]: certificate.render(*signed(replace(made, template=A4)))
        for name in ("eight", "twentyfive", "longname", "hard")
    },
    "with a logo": with_logo,
    **{
        f"{design} {name} on {paper}": lambda made=CASES[name], design=design, paper=paper: (
            certificate.render(*signed(designed(made, design, paper)))
        )
        for design in DESIGNS
        for name, paper in (
            ("one", "letter"),
            ("eight", "letter"),
            ("hard25", "a4"),
            ("cyrillic", "letter"),
            ("yoruba", "a4"),
            ("together24", "letter"),
        )
    },
    **{
        f"plain form, {form.value} of {case}": lambda form=form, case=case: certificate.render(
            *signed(formed(case, form))
        )
        for form, case in (
            (StateForm.NEW_YORK, "eight"),
            (StateForm.ILLINOIS, "one"),
            (StateForm.TEXAS, "hard25"),
            (StateForm.MASSACHUSETTS, "vietnamese"),
            (StateForm.PENNSYLVANIA, "together24"),
        )
    },
    **{f"{design} as chosen": lambda design=design: chosen(design) for design in DESIGNS},
}
OTHERS: Mapping[str, Callable[[], bytes]] = {
    **{
        f"transcript of {count}": lambda count=count: transcript.render(transcript_of(count))
        for count in (0, 1, 12, 40, 120)
    },
    "transcript of the longest name": lambda: transcript.render(transcript_of(12, 5, LONG_NAME)),
    **{
        f"statement of {count}": lambda count=count: licence_statement.render(statement(count))
        for count in (0, 14, 90)
    },
    "statement with lists over two pages": lambda: licence_statement.render(
        statement(3, notes=tuple(f"Note {n}: counted by the rules that were in force." for n in range(90)))
    ),
    "sign-in sheet on letter": lambda: signing_in(30, Paper.LETTER),
    "sign-in sheet on A4": lambda: signing_in(3, Paper.A4),
}
PAPERS: Mapping[str, Callable[[], bytes]] = {**CERTIFICATES, **OTHERS}
