"""Celery: the doorbell. Messages carry ids; the catalogue is the truth."""
