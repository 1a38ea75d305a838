"""Batches, variants and what stages made for them, in SQL: SQLite by default, PostgreSQL in production."""

from pipelines.catalogue.batches import Batch
from pipelines.catalogue.catalogue import Catalogue

__all__ = ["Batch", "Catalogue"]
