"""Runs the migrations on the connection that `pdtracker.migrating` hands over."""

from __future__ import annotations

from alembic import context

from pdtracker.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    # The caller holds the transaction: a migration that dies half way leaves nothing behind.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
