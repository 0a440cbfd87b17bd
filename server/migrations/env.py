"""Runs the revisions on the connection that `samoey.kit.schema` hands over; nothing else may."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
