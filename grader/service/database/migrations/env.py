"""Alembic's entry: runs the migrations on the connection that `migrate` has opened."""

from alembic import context

from grader.service.database.tables import Base

connection = context.config.attributes["connection"]
# Batches: SQLite can't change a table, so it is copied.
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
