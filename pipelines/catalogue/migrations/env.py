"""Alembic's entry: runs migrations on the connection that `pipelines.catalogue.schema.config` hands over."""

from alembic import context

from pipelines.catalogue.schema import VERSIONS
from pipelines.catalogue.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSIONS,
    render_as_batch=True,  # SQLite alters a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
