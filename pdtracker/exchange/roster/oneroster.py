"""OneRoster CSV 1.1, 1.2 and 1.2.1, bulk and delta: orgs.csv, users.csv, from 1.2 on roles.csv, and the manifest.

Real exports shuffle columns and add their own, so all are found by name. In 1.1 a user's row tells role and
organizations, later ones have a row of roles.csv for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from pdtracker.domain.access import Role
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.roster import (
    Listed,
    Roster,
    RosterFormat,
    RosterMode,
    is_never_read,
    leading_role,
    role_of,
)
from pdtracker.exchange.roster.gathering import Gathering
from pdtracker.exchange.roster.held import DELETED, NOBODYS, HeldRoles, held_roles, listed_schools
from pdtracker.exchange.roster.tables import Table, of_table, text_at

_VERSIONS: Final = ("1.1", "1.2", "1.2.1")
_IS_DELETED: Final = "The roster says that they are to be deleted."
_IS_OFF: Final = "The roster says that their account is switched off."
_HAS_ENDED: Final = "The last of their roles has ended."


def read(tables: Mapping[str, Table], on: date) -> Roster | None:
    """What the files say; `None` when they are no OneRoster files. `on` is the day by which roles have ended."""
    users, roles, orgs = (tables.get(name) for name in ("users.csv", "roles.csv", "orgs.csv"))
    manifest = _manifest(tables.get("manifest.csv"))
    if users is None or not users.has("sourcedid") or not (manifest or users.has("enableduser")):
        return None
    version = manifest.get("oneroster.version") or ("1.1" if roles is None else "1.2")
    if version not in _VERSIONS:
        raise Mistyped(f"This is OneRoster {version[:20]}. Export it as 1.1 or 1.2.")
    schools, elsewhere, refused = listed_schools(orgs)
    held = held_roles(roles, on) if roles is not None else None
    gathering = Gathering(several=False)
    has_statuses = _users(users, held, gathering)
    mode = _mode(manifest.get("file.users"), has_statuses=has_statuses)
    if held is not None and mode is RosterMode.DELTA:
        _changed_roles(held, gathering)
    return Roster(
        format=RosterFormat.ONEROSTER,
        version=version,
        mode=mode,
        schools=tuple(schools),
        people=tuple(_as_added(gathering.people(), is_delta=held is not None and mode is RosterMode.DELTA)),
        refused=(*refused, *gathering.refused, *of_table((orgs, roles, users))),
        warnings=_warnings(manifest, orgs),
        unread=gathering.unread,
        elsewhere=frozenset(elsewhere),
    )


def _manifest(table: Table | None) -> dict[str, str]:
    if table is None:
        return {}
    name, value = table.column("propertyname"), table.column("value")
    return {text_at(row, name): text_at(row, value) for row in table.rows}


def _mode(told: str | None, *, has_statuses: bool) -> RosterMode:
    if told in ("bulk", "delta"):
        return RosterMode(told)
    # Without a manifest's word a roster that tells what is deleted can't be meant to list everybody.
    return RosterMode.DELTA if has_statuses else RosterMode.BULK


def _warnings(manifest: Mapping[str, str], orgs: Table | None) -> tuple[str, ...]:
    told = []
    if not manifest:
        told.append("There is no manifest.csv: version and mode are read from the columns.")
    if orgs is None:
        told.append("There is no orgs.csv: only schools that are known already can be told.")
    return tuple(told)


def _users(table: Table, held: Mapping[str, HeldRoles] | None, gathering: Gathering) -> bool:
    """Reads the staff; whether any row has a status."""
    key_at, role_at, orgs_at, status_at = map(table.column, ("sourcedid", "role", "orgsourcedids", "status"))
    enabled_at, given_at, family_at, email_at, name_at, number_at = map(
        table.column, ("enableduser", "givenname", "familyname", "email", "username", "identifier")
    )
    has_statuses = False
    for row in table.rows:
        key = text_at(row, key_at)
        if held is None:
            word = text_at(row, role_at)
            one = HeldRoles(is_family=is_never_read(word))
            if not one.is_family:
                one.roles = [role_of(word)] if word else []
                one.schools = [org for part in text_at(row, orgs_at).split(",") if (org := part.strip())]
        else:
            one = held.get(key, NOBODYS)
        status = text_at(row, status_at).casefold()
        has_statuses = has_statuses or bool(status)
        if one.is_family and not one.roles:
            gathering.unread += 1
            continue
        given, family = text_at(row, given_at), text_at(row, family_at)
        email, name = text_at(row, email_at), text_at(row, name_at)
        gathering.add(
            Listed(
                key=key,
                file=table.file,
                line=row.line,
                name=f"{given} {family}".strip(),
                email=email or (name if "@" in name else ""),
                number=text_at(row, number_at),
                role=leading_role(one.roles) or (Role.TEACHER if one.has_ended else None),
                schools=tuple(dict.fromkeys(one.schools)) if one is not NOBODYS else None,
                gone_schools=tuple(one.gone),
                leaves=_leaves(status, text_at(row, enabled_at), one),
            )
        )
    return has_statuses


def _leaves(status: str, enabled: str, one: HeldRoles) -> str:
    if status == DELETED:
        return _IS_DELETED
    if enabled.casefold() in ("false", "0", "no"):
        return _IS_OFF
    return _HAS_ENDED if one.has_ended and not one.roles else ""


def _changed_roles(held: Mapping[str, HeldRoles], gathering: Gathering) -> None:
    """Those of whom only the roles changed: they have no row in a delta's users.csv."""
    listed = {one.key for one in gathering.people()} | {told.key for told in gathering.refused}
    for key, one in held.items():
        if key in listed or (one.is_family and not one.roles):
            continue
        gathering.add(
            Listed(
                key=key,
                file="roles.csv",
                line=one.line,
                role=leading_role(one.roles),
                schools=tuple(dict.fromkeys(one.schools)),
                gone_schools=tuple(one.gone),
            )
        )


def _as_added(people: Iterable[Listed], *, is_delta: bool) -> Iterable[Listed]:
    """Roles of a delta come to those that are known, and one that ended is nobody's last."""
    if not is_delta:
        return people
    return (
        replace(
            one,
            adds_schools=one.schools is not None,
            leaves="" if one.leaves == _HAS_ENDED else one.leaves,
        )
        for one in people
    )
