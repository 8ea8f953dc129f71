"""To which licensing body evidence is shown: one body's approved provider is not another's.

Revision: 0066
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

OLD_KEY = "uq_claim_fact_district_id_claim_id_aspect_word"
NEW_KEY = "uq_claim_fact_district_id_claim_id_aspect_word_regime"
CHECK = "ck_claim_fact_regime"
KEY = "district_id, claim_id, aspect, word"
RULE = "regime = '' OR aspect = 'evidence'"
COLUMN = "regime TEXT DEFAULT '' NOT NULL"
OLD = f"CONSTRAINT {OLD_KEY} UNIQUE ({KEY})"
NEW = f"CONSTRAINT {NEW_KEY} UNIQUE ({KEY}, regime), CONSTRAINT {CHECK} CHECK ({RULE})"


def upgrade() -> None:
    """Add it; what was stated before holds for all."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(("word TEXT NOT NULL", f"word TEXT NOT NULL, {COLUMN}"), (OLD, NEW))
        return
    op.add_column("claim_fact", sa.Column("regime", sa.Text(), server_default="", nullable=False))
    op.drop_constraint(op.f(OLD_KEY), "claim_fact", type_="unique")
    op.create_unique_constraint(op.f(NEW_KEY), "claim_fact", [*KEY.split(", "), "regime"])
    op.create_check_constraint(op.f(CHECK), "claim_fact", RULE)


def downgrade() -> None:
    """Forget it. Evidence for one body alone goes: without its body it would hold for all of them."""
    op.execute("DELETE FROM struck_fact WHERE fact_id IN (SELECT id FROM claim_fact WHERE regime <> '')")
    op.execute("DELETE FROM claim_fact WHERE regime <> ''")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild((f", {COLUMN}", ""), (NEW, OLD))
        return
    op.drop_constraint(op.f(CHECK), "claim_fact", type_="check")
    op.drop_constraint(op.f(NEW_KEY), "claim_fact", type_="unique")
    op.drop_column("claim_fact", "regime")
    op.create_unique_constraint(op.f(OLD_KEY), "claim_fact", KEY.split(", "))


def _rebuild(*changes: tuple[str, str]) -> None:
    """Make the table anew with its text changed, since SQLite can't change a key.

    What points at it has to go for that moment: with foreign keys on, a table that others point at can't be dropped.
    """
    connection = op.get_bind()
    made = sa.text(
        "SELECT sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL ORDER BY type DESC"
    )
    facts, strikes = (
        [str(sql) for sql in connection.scalars(made, {"name": name})]
        for name in ("claim_fact", "struck_fact")
    )
    for old, new in changes:
        if old not in facts[0]:
            raise RuntimeError(f"claim_fact isn't as this step expects it: it lacks {old}.")
        facts[0] = facts[0].replace(old, new)
    columns = {"claim_fact": _columns("claim_fact"), "struck_fact": _columns("struck_fact")}
    for name in columns:
        op.execute(f"CREATE TABLE {name}_kept AS SELECT * FROM {name}")  # noqa: S608 - our own names
    op.execute("DROP TABLE struck_fact")
    op.execute("DROP TABLE claim_fact")
    for sql in (*facts, *strikes):
        op.execute(sql)
    for name, before in columns.items():
        both = ", ".join(column for column in before if column in _columns(name))
        op.execute(f"INSERT INTO {name} ({both}) SELECT {both} FROM {name}_kept")  # noqa: S608 - our own names
        op.execute(f"DROP TABLE {name}_kept")


def _columns(table: str) -> list[str]:
    return [str(column["name"]) for column in sa.inspect(op.get_bind()).get_columns(table)]
