"""Alembic's way into the archive migrations; the connection comes from moderation.storage.migrate."""

from alembic import context

from moderation.storage.tables import ARCHIVE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ARCHIVE,
    version_table="alembic_archive",
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
