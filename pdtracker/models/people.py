"""Accounts that sign in, and the people that they are in a district."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pdtracker.domain.access import Role
from pdtracker.models.base import Base, Directory, DistrictOwned, Installation, in_district, words
from pdtracker.models.districts import School
from pdtracker.models.ids import new_id


class Account(Installation, Base):
    """A way to sign in: one e-mail address and one password."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    password_hash: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    # Since when it is known that its owner reads mail at the address: they came in by a letter.
    confirmed_at: Mapped[datetime | None]
    # In which zone they read times; without one in that of their district.
    zone: Mapped[str | None]


class AccountDistrict(Directory, Base):
    """Leads from an account to the person that it is in a district."""

    __tablename__ = "account_district"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"))
    person_id: Mapped[int] = mapped_column(sort_order=6)

    __table_args__ = (
        sa.PrimaryKeyConstraint("account_id", "district_id"),
        in_district("person_id", to="person"),
        sa.UniqueConstraint("district_id", "person_id"),
    )


class JoiningCode(Directory, Base):
    """Lets its holder become a person of the district with an account of their own. Only its hash is kept."""

    __tablename__ = "joining_code"

    code_hash: Mapped[str] = mapped_column(primary_key=True, sort_order=-3)
    person_id: Mapped[int] = mapped_column(sort_order=6)
    expires_at: Mapped[datetime] = mapped_column(sort_order=7)

    __table_args__ = (
        in_district("person_id", to="person"),
        sa.UniqueConstraint("district_id", "person_id"),
    )


class SignIn(Installation, Base):
    """A signed-in browser. The cookie holds the secret, the table only its hash."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # When its owner last proved again to be there; until then `created_at` says it.
    confirmed_at: Mapped[datetime | None]
    browser: Mapped[str]
    # Where it began, as a keyed hash of network and account: the table tells neither.
    network: Mapped[str | None]


class Person(DistrictOwned, Base):
    """Somebody in a district: who claims, reviews, hosts or administers."""

    __tablename__ = "person"

    name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str]
    title: Mapped[str]
    # As the district writes it, and as it is compared.
    employee_number: Mapped[str | None]
    employee_key: Mapped[str | None]
    licence_ending: Mapped[str | None]
    school_id: Mapped[int | None]
    left_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    school: Mapped[School | None] = relationship(
        lazy="raise_on_sql",
        primaryjoin="and_(School.district_id == Person.district_id, School.id == foreign(Person.school_id))",
        viewonly=True,
    )
    memberships: Mapped[list[Membership]] = relationship(
        lazy="raise_on_sql",
        primaryjoin="and_(Membership.district_id == Person.district_id, foreign(Membership.person_id) == Person.id)",
        viewonly=True,
    )

    __table_args__ = (
        in_district("school_id", to="school"),
        sa.UniqueConstraint("district_id", "email_key"),
        sa.Index("uq_person_employee_number", "district_id", "employee_key", unique=True),
        sa.Index("ix_person_district_id_name", "district_id", "name", "id"),
    )


class Membership(DistrictOwned, Base):
    """A role of a person; a reviewer's may be for one school, without one it is for the whole district."""

    __tablename__ = "membership"

    person_id: Mapped[int]
    role: Mapped[Role] = mapped_column(words(Role))
    school_id: Mapped[int | None]
    created_at: Mapped[datetime]

    __table_args__ = (
        in_district("person_id", to="person"),
        in_district("school_id", to="school"),
        sa.UniqueConstraint("district_id", "person_id", "role", "school_id"),
        sa.CheckConstraint("school_id IS NULL OR role = 'reviewer'", name="school_for_reviewers"),
    )
