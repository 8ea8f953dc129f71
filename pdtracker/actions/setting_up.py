"""Setting a district up from within: its name, place and zone, its schools, and which defaults are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.set_up import MOST_SCHOOLS, SetUpStep
from pdtracker.domain.when import known_zone
from pdtracker.models.claims import Claim
from pdtracker.models.districts import District, School, SetUpChoice
from pdtracker.models.ids import new_id
from pdtracker.scope import Scope, action


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictDetails:
    """What a district says of itself; the form has cleaned the text."""

    name: str
    place: str
    zone: str
    sponsor_number: str


@action(Permission.MANAGE_DISTRICT, installation=True)
def describe_district(scope: Scope, details: DistrictDetails) -> None:
    """Change name, place, zone and sponsor number. What was certified stays as it was certified.

    Raises NotValid at `zone`; NotNow for another zone once there are claims: their days are counted by it.
    """
    district = scope.session.scalar(
        sa.select(District).where(District.id == scope.district.id).with_for_update()
    )
    if district is None:
        raise NotHere
    if not known_zone(details.zone):
        raise NotValid({"zone": "Choose a time zone from the list."})
    if details.zone != district.zone and scope.session.scalar(sa.select(Claim.id).limit(1)) is not None:
        raise NotNow(
            "zone_in_use", "Days of claims are counted by the zone, so it stays once there are claims."
        )
    before = _told(district)
    district.name, district.place, district.zone = details.name, details.place, details.zone
    district.sponsor_number = details.sponsor_number or None
    after = _told(district)
    if before != after:
        scope.record("district.described", "district", district.id, before=before, after=after)


@action(Permission.MANAGE_DISTRICT)
def add_schools(scope: Scope, names: Sequence[str]) -> int:
    """Add schools by name; those that are there already stay as they are. Gives how many are new.

    Raises NotValid at `names` for none, and for more than a district can have.
    """
    known = {name.casefold() for name in scope.session.scalars(sa.select(School.name))}
    new: dict[str, str] = {}
    for name in names:
        if name.casefold() not in known:
            new.setdefault(name.casefold(), name)
    if not names:
        raise NotValid({"names": "Enter the name of a school on each line."})
    if len(known) + len(new) > MOST_SCHOOLS:
        raise NotValid({"names": f"A district has at most {MOST_SCHOOLS} schools."})
    for name in new.values():
        school = School(id=new_id(), name=name, created_at=scope.at)
        scope.session.add(school)
        scope.record("school.added", "school", school.id, name=name)
    return len(new)


@action(Permission.MANAGE_DISTRICT)
def rename_school(scope: Scope, school_id: int, name: str) -> None:
    """Correct a school's name. Raises NotHere, NotValid at `name` for that of another one."""
    school = scope.session.scalar(sa.select(School).where(School.id == school_id))
    if school is None:
        raise NotHere
    if school.name != name:
        before, school.name = school.name, name
        scope.record("school.renamed", "school", school_id, before=before, after=name)


@action(Permission.MANAGE_DISTRICT)
def keep_defaults(scope: Scope, step: SetUpStep) -> None:
    """Say that a step is right as it is. Twice is once."""
    known = scope.session.scalar(sa.select(SetUpChoice.id).where(SetUpChoice.step == step))
    if known is None:
        scope.session.add(SetUpChoice(step=step, by_person_id=scope.me.id, kept_at=scope.at))
        scope.record("set_up.kept", "district", scope.district.id, step=step.value)


@action(Permission.MANAGE_DISTRICT, installation=True)
def end_set_up(scope: Scope) -> None:
    """Tell nobody any more what setting up still lacks. Twice is once."""
    district = scope.session.scalar(
        sa.select(District).where(District.id == scope.district.id).with_for_update()
    )
    if district is not None and district.set_up_ended_at is None:
        district.set_up_ended_at = scope.at
        scope.record("set_up.ended", "district", scope.district.id)


def _told(district: District) -> dict[str, str | None]:
    return {
        "name": district.name,
        "place": district.place,
        "zone": district.zone,
        "sponsor_number": district.sponsor_number,
    }
