"""`pdtracker rules list|show|evaluate|explain`: the regimes, what each asks for, and what a record comes to.

Only `explain` reads the database.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from pdtracker.commands.serve import require_schema
from pdtracker.db import Database
from pdtracker.domain.hours import NBSP
from pdtracker.domain.refusals import NotHere, Refusal
from pdtracker.domain.regimes.describing import document_of, has_weak_rules, in_force, sentences, trust
from pdtracker.domain.regimes.document import read_version
from pdtracker.domain.regimes.entry import BadFacts
from pdtracker.domain.regimes.evaluation import Evaluation, evaluate
from pdtracker.domain.regimes.facts_document import read_facts_json
from pdtracker.domain.regimes.layers import read_layer
from pdtracker.domain.regimes.quantities import amount_text
from pdtracker.domain.regimes.rules import Layer, Version
from pdtracker.domain.regimes.shelf import regime, shelf
from pdtracker.domain.regimes.slips import Slip, slips_in
from pdtracker.domain.regimes.versions import governing
from pdtracker.domain.regimes.vocabulary import LISTS, meanings_in, quantities_of
from pdtracker.domain.when import local
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.explained import document_of as explained
from pdtracker.queries.explained import lines_of
from pdtracker.queries.explaining import explanation
from pdtracker.scope import Scope
from pdtracker.settings import load_settings

_LIMIT_BYTES: Final = 20_000_000
_REGIME: Final = "its name in `rules list`, with @VERSION for one version, or a rule file of your own (.toml)"


def register(subparsers: Any) -> None:
    """Adds `rules list`, `rules show` and `rules evaluate`."""
    verbs = subparsers.add_parser(
        "rules", help="licensing bodies' rules, and what counts by them"
    ).add_subparsers(metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="list the regimes: name, version, unit, confidence")
    listing.add_argument("--json", action="store_true", help="answer as JSON")
    listing.set_defaults(run=_list)

    show = verbs.add_parser("show", help="tell a regime's rules in words, with its source and vocabulary")
    show.add_argument("regime", metavar="REGIME", help=_REGIME)
    show.add_argument("--json", action="store_true", help="answer as JSON")
    show.set_defaults(run=_show)

    evaluating = verbs.add_parser(
        "evaluate",
        help="count a record by a regime, with a reason for every minute",
        description="Counts the activities in FACTS.json (- is standard input). Amounts are decimals, exact where a "
        "decimal can be; 5/6 is 0.833333, cut for what is earned and rounded up for what is missing.",
    )
    evaluating.add_argument("regime", metavar="REGIME", help=_REGIME)
    evaluating.add_argument("facts", metavar="FACTS.json", help="cycle, person and activities")
    evaluating.add_argument(
        "--layer",
        action="append",
        default=[],
        metavar="FILE.toml",
        help="a district's or provider's rules on top",
    )
    evaluating.add_argument("--json", action="store_true", help="answer as JSON")
    evaluating.set_defaults(run=_evaluate)

    explain = verbs.add_parser(
        "explain",
        help="tell the reason for every minute of a person, by the district's policy and by each licence",
        description="Reads the database. The district's part is the school year of the day, each licence's its cycle.",
    )
    explain.add_argument("district", metavar="DISTRICT", help="its short name, such as maplewood")
    explain.add_argument("person", metavar="PERSON", help="e-mail address, or reference")
    explain.add_argument(
        "--licence", metavar="LICENCE", help="only this one: its name, its regime, or its reference"
    )
    explain.add_argument(
        "--on", type=_day, metavar="DATE", help="as of this day, 2026-06-30 (default: today)"
    )
    explain.add_argument("--json", action="store_true", help="answer as JSON")
    explain.set_defaults(run=_explain)


def _list(arguments: argparse.Namespace) -> int:
    latest = [versions[-1] for versions in shelf().values()]
    if arguments.json:
        _print_json([_listed(one) for one in latest])
        return 0
    for one in latest:
        marks = ["weak source"] if has_weak_rules(one) else []
        marks += ["historic"] if one.is_historic else []
        marks += [f"earlier: {number}" for number in _earlier(one)]
        print(f"{one.regime:<22}  {one.version:<10}  {one.unit.many:<12}  {one.name}{_in_brackets(marks)}")
    return 0


def _earlier(version: Version) -> list[str]:
    """The versions of its regime that it replaced, as a command names them."""
    return [f"{one.regime}@{one.version}" for one in shelf()[version.regime][:-1]]


def _listed(version: Version) -> dict[str, object]:
    return {
        "regime": version.regime,
        "name": version.name,
        "version": version.version,
        "versions": [one.version for one in shelf()[version.regime]],
        "unit": version.unit.id,
        "effective": None if version.effective is None else version.effective.isoformat(),
        "applies_to": version.applies_to.value,
        "confidence": version.confidence.value,
        "historic": version.is_historic,
    }


def _in_brackets(marks: list[str]) -> str:
    return f" ({', '.join(marks)})" if marks else ""


def _show(arguments: argparse.Namespace) -> int:
    versions = _versions(arguments.regime)
    version = versions[-1]
    if arguments.json:
        _print_json(document_of(versions, version))
        return 0
    print(
        f"{version.name}, version {version.version}{_in_brackets(['historic'] if version.is_historic else [])}"
    )
    _say(in_force(version))
    _say(trust(version))
    _say_all("Rules", tuple(sentences(version)))
    _say_all("Duties", version.duties)
    _say_all("Not in these rules", version.left_out)
    for name in LISTS:
        _say_all(
            f"Words: {name}", tuple(f"{word}: {means}" for word, means in meanings_in(version, name).items())
        )
    _say_all("Words: quantities", tuple(f"{word}: {means}" for word, means in quantities_of(version).items()))
    earlier = [one.version for one in versions[:-1]]
    if earlier:
        _say(f"Earlier: {', '.join(f'{version.regime}@{number}' for number in earlier)}")
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    versions = _versions(arguments.regime)
    facts = _facts(arguments.facts)
    layers: list[Layer] = []
    for file in arguments.layer:
        layers.append(read_layer(file, _text(file, "layer"), governing(versions, facts), layers))
    found = evaluate(versions, facts, layers)
    slips = tuple(slips_in(found.version, layers, facts))
    if arguments.json:
        _print_json(_answer(found, slips))
    else:
        _tell(found, slips)
    return 0


def _explain(arguments: argparse.Namespace) -> int:
    settings = load_settings()
    require_schema(settings)
    now = datetime.now(UTC)
    database = Database(settings.database_url)
    try:
        with database.session(None, installation=True) as doors:
            district = district_by_slug(doors, arguments.district)
        if district is None:
            raise NotHere("no_district", f"There is no district {arguments.district!r} here.")
        on = arguments.on or local(now, district.zone).date()
        with database.session(district.id) as session:
            scope = Scope(session, district, now)
            found = explanation(scope, arguments.person, licence=arguments.licence, on=on)
    finally:
        database.dispose()
    if arguments.json:
        _print_json(explained(found))
    else:
        for sentence in lines_of(found):
            _say(sentence)
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-06-30") from None


def _versions(name: str) -> tuple[Version, ...]:
    if name.endswith(".toml"):
        return (read_version(name, _text(name, "regime")),)
    return regime(name)


def _facts(file: str) -> Any:
    try:
        return read_facts_json(_text(file, "facts"))
    except BadFacts as refusal:
        place = file if refusal.line is None else f"{file}, line {refusal.line}"
        raise Refusal(refusal.code, f"{place}: {refusal.sentence}") from refusal


def _answer(found: Evaluation, slips: Sequence[Slip]) -> dict[str, object]:
    answer: dict[str, object] = {
        "regime": found.version.regime,
        "version": found.version.version,
        "unit": found.unit.id,
        "earned": amount_text(found.earned),
        "required": amount_text(found.required, up=True),
        "missing": [{"what": one.what, "amount": amount_text(one.amount, up=True)} for one in found.missing],
        "carry_over": amount_text(found.carry_over),
        "activities": [
            {"id": parcel.activity.id, "units": amount_text(parcel.units), "reasons": list(parcel.reasons)}
            for parcel in found.parcels
        ],
    }
    # A word that no rule asks for brings nothing, and a program that misspelt it has to learn of it.
    return answer | ({"unknown": [one.document for one in slips]} if slips else {})


def _tell(found: Evaluation, slips: Sequence[Slip]) -> None:
    unit = found.unit
    _say(f"{unit.words(found.earned)} of {unit.words(found.required)} earned.")
    if found.carry_over:
        _say(f"{unit.words(found.carry_over)} would be carried over.")
    _say_all("Why", found.notes)
    _say_all("Not understood", tuple(one.sentence for one in slips))
    for parcel in found.parcels:
        _say_all(f"{parcel.activity.id}: {unit.words(parcel.units)}", parcel.reasons)


def _say_all(title: str, told: tuple[str, ...]) -> None:
    if told:
        _say(f"\n{title}")
        for sentence in told:
            _say(f"  {sentence}")


def _say(sentence: str) -> None:
    print(sentence.replace(NBSP, " "))


def _print_json(document: object) -> None:
    # A no-break space is for pages; programs look for the plain one.
    print(json.dumps(document, ensure_ascii=False, indent=2, default=str).replace(NBSP, " "))


def _text(file: str, code: str) -> str:
    try:
        data = sys.stdin.buffer.read(_LIMIT_BYTES + 1) if file == "-" else _read(file)
    except OSError as error:
        raise Refusal(code, f"{file} can't be read: {error.strerror or error}.") from error
    if len(data) > _LIMIT_BYTES:
        raise Refusal(code, f"{file} has more than {_LIMIT_BYTES:,} bytes. Split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(code, f"{file} isn't UTF-8 text. Save it as UTF-8.") from error


def _read(file: str) -> bytes:
    with Path(file).open("rb") as opened:
        return opened.read(_LIMIT_BYTES + 1)
