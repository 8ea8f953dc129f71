"""`pdtracker import roster DISTRICT FILE`: what a roster would do with a district's people, and doing it."""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pdtracker.actions.rosters import Brought, import_roster
from pdtracker.commands.serve import require_schema
from pdtracker.db import Database
from pdtracker.domain.refusals import Mistyped, NotNow, Refusal
from pdtracker.domain.roster import Roster, RosterAction
from pdtracker.domain.roster_plan import RosterPlan
from pdtracker.exchange.limits import ROSTER
from pdtracker.exchange.roster.files import LIMIT_BYTES, files_of, is_read, single_list
from pdtracker.exchange.roster.reading import read_roster
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.rosters import plan_of
from pdtracker.scope import Scope
from pdtracker.settings import load_settings
from pdtracker.terminal import say

_LONGEST_NAME = 120


def register(verbs: Any) -> None:
    """Adds `import roster`."""
    roster = verbs.add_parser(
        "roster",
        help="schools and staff by OneRoster, Clever, Microsoft SDS, or a list of the personnel office",
        description="Reads a roster (ZIP, folder, CSV or .xlsx) and shows who would be new, changed or leaving. "
        "Students and guardians are counted and not read. Without --commit nothing is written. "
        "Exit 0 when something was read, 1 when nothing could be.",
    )
    roster.add_argument("district", metavar="DISTRICT", help="the district's short name")
    roster.add_argument("file", metavar="FILE", help="an archive, a folder or a single list")
    roster.add_argument("--json", action="store_true", help="answer as JSON")
    roster.add_argument("--commit", action="store_true", help="write it; nobody is ever deleted")
    roster.add_argument(
        "--leaving",
        type=int,
        default=0,
        metavar="COUNT",
        help="with --commit: the second yes, to so many leaving, when they are more than a tenth",
    )
    roster.set_defaults(run=_roster)


def _roster(arguments: argparse.Namespace) -> int:
    files, sha256 = _files(Path(arguments.file))
    with _operator(arguments.district) as (scope, database):
        today = scope.today
        try:
            roster = read_roster(files, today)
        except Mistyped as fault:
            raise Refusal("file", fault.sentence) from None
        plan = plan_of(scope, roster)
        refusal = None
        if arguments.commit:
            try:
                plan = _commit(scope, database, arguments, sha256, roster)
            except NotNow as not_now:
                refusal = not_now
    if arguments.json:
        print(json.dumps(_document(plan), ensure_ascii=False, indent=2))
    else:
        _tell(plan)
    if refusal is not None:
        raise Refusal(refusal.code, f"{refusal.sentence} Add --leaving {plan.leaving} then.")
    if arguments.commit:
        say("It is imported, and can be undone on its page.")
    elif plan.needs_second_yes:
        say(f"{plan.leaving:,} of {plan.present:,} would leave: --commit asks for --leaving {plan.leaving}.")
    if not plan.people:
        say("pdtracker: Nobody could be read from this roster.")
        return 1
    return 0


def _commit(
    scope: Scope, database: Database, arguments: argparse.Namespace, sha256: str, roster: Roster
) -> RosterPlan:
    brought = Brought(Path(arguments.file).name[:_LONGEST_NAME], sha256, roster)
    return import_roster(scope, database, brought, may_leave=arguments.leaving).plan


def _files(path: Path) -> tuple[Mapping[str, bytes], str]:
    """The roster's files, and the SHA-256 over them."""
    try:
        if path.is_dir():
            files = _of_folder(path)
            whole = hashlib.sha256(b"".join(files[name] for name in sorted(files)))
            return files, whole.hexdigest()
        data = _bytes(path, LIMIT_BYTES)
        return files_of(data, path.name), hashlib.sha256(data).hexdigest()
    except Mistyped as fault:
        raise Refusal("file", fault.sentence) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise Refusal("file", f"{path} can’t be read: {reason or error}.") from None


def _of_folder(folder: Path) -> dict[str, bytes]:
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    chosen = [name for name in names if is_read(name)]
    if not chosen and (alone := single_list(names)) is not None:
        chosen = [alone]
    if not chosen:
        raise Mistyped(f"{folder} holds no roster that we know: no users.csv, teachers.csv or Teacher.csv.")
    return {name: _bytes(folder / name, ROSTER.bytes) for name in chosen}


def _bytes(path: Path, limit: int) -> bytes:
    with path.open("rb") as opened:
        # One byte more than is read is enough to tell that a file is too large.
        return opened.read(limit + 1)


@contextmanager
def _operator(slug: str) -> Iterator[tuple[Scope, Database]]:
    settings = load_settings()
    require_schema(settings)
    database = Database(settings.database_url)
    try:
        with database.session(None, installation=True) as doors:
            district = district_by_slug(doors, slug)
        if district is None:
            raise Refusal("district", f"There is no district {slug!r} here.")
        with database.session(district.id) as session:
            yield Scope(session, district, datetime.now(UTC)), database
    finally:
        database.dispose()


def _document(plan: RosterPlan) -> dict[str, object]:
    roster = plan.roster
    return {
        "format": roster.format.value,
        "version": roster.version,
        "mode": roster.mode.value,
        "schools": [{"key": one.key, "name": one.name, "action": one.action.value} for one in plan.schools],
        "people": [
            {
                "key": one.key,
                "name": one.name,
                "email": one.email,
                "schools": list(one.schools),
                "role": one.role.value if one.role else None,
                "action": one.action.value,
            }
            for one in plan.people
        ],
        "refused": [{"file": told.file, "line": told.line, "why": told.why} for told in plan.refused],
        "warnings": list(plan.warnings),
    }


def _tell(plan: RosterPlan) -> None:
    roster = plan.roster
    print(" ".join(filter(None, (roster.format.label, roster.version, f"({roster.mode.value})"))))
    for one in plan.people:
        if one.action is not RosterAction.UNCHANGED:
            changes = f"  ({', '.join(one.changes)})" if one.changes else ""
            print(f"{one.action.value:>10}  {one.key}  {one.name}  {one.email}{changes}")
    for told in plan.refused:
        print(f"{told.file}, line {told.line}: {told.why}")
    for warning in plan.warnings:
        print(warning)
    counts = ", ".join(f"{plan.count(kind):,} {kind.value}" for kind in RosterAction)
    print(f"{counts}, {len(plan.refused):,} refused")
