"""Alembic's way into the main migrations; the connection comes from moderation.storage.migrate."""

from alembic import context

from moderation.storage.tables import MAIN

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=MAIN,
    version_table="alembic_main",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
