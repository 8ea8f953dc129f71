"""The tables: columns, constraints, relationships. No verbs.

Importing this package registers every table with `Base.metadata`.
"""

from __future__ import annotations

from pdtracker.models import (
    archives,
    bundles,
    certificate_designs,
    certificates,
    check_ins,
    claims,
    commitments,
    credit,
    discussions,
    districts,
    event_imports,
    events,
    going,
    imports,
    invitations,
    jobs,
    joining,
    licences,
    participation,
    people,
    records,
    registrations,
    review_paths,
    rosters,
    second_factors,
    standings,
)
from pdtracker.models.base import Base

__all__ = [
    "Base",
    "archives",
    "bundles",
    "certificate_designs",
    "certificates",
    "check_ins",
    "claims",
    "commitments",
    "credit",
    "discussions",
    "districts",
    "event_imports",
    "events",
    "going",
    "imports",
    "invitations",
    "jobs",
    "joining",
    "licences",
    "participation",
    "people",
    "records",
    "registrations",
    "review_paths",
    "rosters",
    "second_factors",
    "standings",
]
