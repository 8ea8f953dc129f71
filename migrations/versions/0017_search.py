"""An index of words over the calendar: FTS5 on SQLite, a stored tsvector on PostgreSQL.

Revision: 0017
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.domain.search import search_line

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# With `trusted_schema=OFF` SQLite lets no trigger write to FTS5. So triggers note which events changed, whoever changed
# them, and whoever writes brings the index up to date before the commit (`pdtracker.db`).
NOTE = (
    "INSERT INTO event_search_due SELECT {id}"
    " WHERE NOT EXISTS (SELECT 1 FROM event_search_due WHERE event_id = {id});"
)
ON_SQLITE = (
    "CREATE VIRTUAL TABLE event_search USING fts5(search_text, tokenize='ascii', prefix='2 3')",
    "CREATE TABLE event_search_due (event_id INTEGER NOT NULL CONSTRAINT pk_event_search_due PRIMARY KEY)",
    f"CREATE TRIGGER event_search_insert AFTER INSERT ON event BEGIN {NOTE.format(id='new.id')} END",
    f"CREATE TRIGGER event_search_delete AFTER DELETE ON event BEGIN {NOTE.format(id='old.id')} END",
    "CREATE TRIGGER event_search_update AFTER UPDATE OF id, search_text ON event BEGIN"
    f" {NOTE.format(id='old.id')} {NOTE.format(id='new.id')} END",
    "INSERT INTO event_search (rowid, search_text) SELECT id, search_text FROM event",
)

# The words are folded before they come here (`domain.search`): a tsvector is made of them as they are, so that no
# setting of the server decides what a word is. A tsvector keeps at most 16,383 positions; further words share the last.
ON_POSTGRESQL = (
    "CREATE FUNCTION pdtracker_words(line text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$"
    " SELECT coalesce(string_agg(quote_literal(word) || ':' || least(place, 16383), ' '), '')::tsvector"
    " FROM unnest(string_to_array(line, ' ')) WITH ORDINALITY AS words (word, place) WHERE word <> '' $$",
    "CREATE TABLE event_search ("
    " event_id bigint CONSTRAINT pk_event_search PRIMARY KEY"
    "  CONSTRAINT fk_event_search_event_id REFERENCES event (id) ON DELETE CASCADE,"
    " district_id bigint,"
    " search_text text NOT NULL,"
    " words tsvector NOT NULL GENERATED ALWAYS AS (pdtracker_words(search_text)) STORED)",
    "CREATE INDEX ix_event_search_words ON event_search USING gin (words)",
    # No policy: the table is the owner's alone, and two functions of the owner's stand before it.
    "ALTER TABLE event_search ENABLE ROW LEVEL SECURITY",
    "CREATE FUNCTION pdtracker_index_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
    " SET search_path = public, pg_temp AS $$ BEGIN"
    " INSERT INTO event_search (event_id, district_id, search_text)"
    " VALUES (NEW.id, NEW.district_id, NEW.search_text)"
    " ON CONFLICT (event_id) DO UPDATE"
    " SET district_id = excluded.district_id, search_text = excluded.search_text;"
    " RETURN NULL; END $$",
    "CREATE TRIGGER event_search_index AFTER INSERT OR UPDATE OF search_text, district_id ON event"
    " FOR EACH ROW EXECUTE FUNCTION pdtracker_index_event()",
    "CREATE FUNCTION pdtracker_events_found(sought text) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER"
    " ROWS 100 SET search_path = public, pg_temp AS $$"
    " SELECT event_id FROM event_search WHERE words @@ sought::tsquery AND (district_id IS NULL"
    " OR district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint) $$",
)


def upgrade() -> None:
    """Fold the text of every event anew, then index it; triggers keep the index true from here on."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        _fold(connection)
        for statement in ON_SQLITE:
            op.execute(statement)
        return
    for statement in ON_POSTGRESQL:
        op.execute(statement)
    # The owner is bound by the policies too; for this moment they are not asked.
    op.execute("ALTER TABLE event NO FORCE ROW LEVEL SECURITY")
    _fold(connection)
    op.execute(
        "INSERT INTO event_search (event_id, district_id, search_text)"
        " SELECT id, district_id, search_text FROM event ON CONFLICT DO NOTHING"
    )
    op.execute("ALTER TABLE event FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Drop the index; the text stays, and is looked through as before."""
    if op.get_bind().dialect.name != "postgresql":
        for name in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER event_search_{name}")
        op.execute("DROP TABLE event_search_due")
        op.execute("DROP TABLE event_search")
        return
    op.execute("DROP TRIGGER event_search_index ON event")
    op.execute("DROP FUNCTION pdtracker_events_found(text)")
    op.execute("DROP FUNCTION pdtracker_index_event()")
    op.execute("DROP TABLE event_search")
    op.execute("DROP FUNCTION pdtracker_words(text)")


def _fold(connection: sa.Connection) -> None:
    event = sa.table("event", sa.column("id", sa.BigInteger), sa.column("search_text", sa.Text))
    told = sa.bindparam("event_id"), sa.bindparam("line")
    rows = connection.execute(sa.select(event.c.id, event.c.search_text)).all()
    if rows:
        connection.execute(
            sa.update(event).where(event.c.id == told[0]).values(search_text=told[1]),
            [{"event_id": row.id, "line": search_line(row.search_text)} for row in rows],
        )
