"""Certificates' places in the published status list, and who vouched for a signing key.

Revision: 0039
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.domain.status_list import PLACES, place_of
from pdtracker.migrating import freeze, unfreeze

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create the table, give every certificate its place, and freeze it; keys that there are stand for themselves."""
    op.add_column("signing_key", sa.Column("predecessor", sa.Text(), nullable=True))
    op.add_column("signing_key", sa.Column("endorsement", sa.LargeBinary(), nullable=True))
    op.create_table(
        "status_entry",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("is_moved", sa.Boolean(), nullable=False),
        sa.CheckConstraint("place BETWEEN 0 AND 16777215", name=op.f("ck_status_entry_place")),
        sa.ForeignKeyConstraint(
            ["district_id", "certificate_id"],
            ["certificate.district_id", "certificate.id"],
            name=op.f("fk_status_entry_district_id_certificate_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_status_entry_district_id")),
        sa.PrimaryKeyConstraint("district_id", "certificate_id", name=op.f("pk_status_entry")),
        sa.UniqueConstraint("district_id", "place", name=op.f("uq_status_entry_district_id_place")),
    )
    op.create_index("ix_status_entry_moved", "status_entry", ["district_id", "is_moved"])
    _give_places()
    freeze("status_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE status_entry ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE status_entry FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON status_entry USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop the table and the columns."""
    unfreeze("status_entry")
    op.drop_table("status_entry")
    op.drop_column("signing_key", "endorsement")
    op.drop_column("signing_key", "predecessor")


def _give_places() -> None:
    """To the oldest certificate first; whose place is taken stands at the next free one."""
    bind = op.get_bind()
    is_guarded = bind.dialect.name == "postgresql"
    if is_guarded:
        # Row-level security binds the tables' owner, too, while it is forced.
        op.execute("ALTER TABLE certificate NO FORCE ROW LEVEL SECURITY")
    certificates = bind.execute(
        sa.text("SELECT district_id, id, serial FROM certificate ORDER BY district_id, id")
    ).all()
    if is_guarded:
        op.execute("ALTER TABLE certificate FORCE ROW LEVEL SECURITY")
    taken: set[tuple[int, int]] = set()
    rows = []
    for district_id, certificate_id, serial in certificates:
        place = own = place_of(serial)
        while (district_id, place) in taken:
            place = (place + 1) % PLACES
        taken.add((district_id, place))
        rows.append(
            {
                "district_id": district_id,
                "certificate_id": certificate_id,
                "place": place,
                "is_moved": place != own,
            }
        )
    if rows:
        bind.execute(
            sa.text(
                "INSERT INTO status_entry (district_id, certificate_id, place, is_moved)"
                " VALUES (:district_id, :certificate_id, :place, :is_moved)"
            ),
            rows,
        )
