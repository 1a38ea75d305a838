"""Batches, variants and what stages made for them, in SQL: SQLite by default, PostgreSQL in production."""

from pipelines.catalogue.batches import Batch
from pipelines.catalogue.catalogue import Catalogue
from pipelines.catalogue.leases import Chunk, Leases

MADE = "made"  # the stage under which orders stand whose files are all there, whatever take they settled on

__all__ = ["MADE", "Batch", "Catalogue", "Chunk", "Leases"]
