"""Which cycle of a licence followed which, and what of a licence nobody's record shows.

Revision: 0042
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import freeze, unfreeze

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
READ = ("audit_entry", "licence")


def upgrade() -> None:
    """Create the table, with the renewals that the audit trail tells of; standings get remarks when counted."""
    op.create_table(
        "licence_renewal",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("licence_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("before_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "licence_id"],
            ["licence.district_id", "licence.id"],
            name=op.f("fk_licence_renewal_district_id_licence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "before_id"],
            ["licence.district_id", "licence.id"],
            name=op.f("fk_licence_renewal_district_id_before_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_licence_renewal_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "licence_id", name=op.f("pk_licence_renewal")),
    )
    op.create_index("ix_licence_renewal_before", "licence_renewal", ["district_id", "before_id"])
    op.add_column("licence_standing", sa.Column("remarks", sa.Text(), server_default="", nullable=False))
    _fill()
    freeze("licence_renewal")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE licence_renewal ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE licence_renewal FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON licence_renewal USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """As it was; the audit trail keeps the renewals."""
    op.drop_column("licence_standing", "remarks")
    unfreeze("licence_renewal")
    op.drop_table("licence_renewal")


def _fill() -> None:
    """The renewals so far, of licences that are both still there."""
    bind = op.get_bind()
    is_guarded = bind.dialect.name == "postgresql"
    for table in READ if is_guarded else ():
        # Row-level security binds the tables' owner, too, while it is forced.
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    known = {tuple(row) for row in bind.execute(sa.text("SELECT district_id, id FROM licence"))}
    entries = bind.execute(
        sa.text(
            "SELECT district_id, subject_id, facts FROM audit_entry"
            " WHERE action = 'licence.renewed' AND subject = 'licence'"
        )
    ).all()
    for table in READ if is_guarded else ():
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    found = {}
    for district_id, licence_id, facts in entries:
        before_id = (json.loads(facts) if isinstance(facts, str) else facts).get("after")
        if before_id and {(district_id, licence_id), (district_id, int(before_id))} <= known:
            found[district_id, licence_id] = int(before_id)
    if found:
        bind.execute(
            sa.text(
                "INSERT INTO licence_renewal (district_id, licence_id, before_id)"
                " VALUES (:district_id, :licence_id, :before_id)"
            ),
            [
                {"district_id": district_id, "licence_id": licence_id, "before_id": before_id}
                for (district_id, licence_id), before_id in found.items()
            ],
        )
