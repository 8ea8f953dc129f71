"""Every kind of paper that is drawn, ordinary and hard, for what must hold of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from pdtracker.domain.certificate import Template
from pdtracker.domain.sign_in_sheet import Paper, SheetName, SignInSheet
from pdtracker.pdf import certificate, licence_statement, sign_in_sheet, transcript
from pdtracker.pdf.logos import prepare_logo, read_logo
from tests.pdf.sheets import CASES, LONG_NAME, signed
from tests.pdf.test_certificate import logo_png
from tests.pdf.test_licence_statement import statement
from tests.pdf.test_transcript import transcript as transcript_of

A4 = Template("modern", 2, "a4")


def with_logo() -> bytes:
    logo = read_logo(prepare_logo(logo_png()))
    made = replace(CASES["three"], district=replace(CASES["three"].district, mark=logo.digest))
    return certificate.render(*signed(made), logo)


def signing_in(count: int, paper: Paper) -> bytes:
    names = tuple(
        SheetName(f"{LONG_NAME} {n}", "Birch Hill Middle School", f"a7{n:014d}") for n in range(count)
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


CERTIFICATES: Mapping[str, Callable[[], bytes]] = {
    **{name: lambda made=made: certificate.render(*signed(made)) for name, made in CASES.items()},
    **{
        f"{name} on A4": lambda made=CASES[name]: certificate.render(*signed(replace(made, template=A4)))
        for name in ("eight", "twentyfive", "longname", "hard")
    },
    "with a logo": with_logo,
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
