"""Brief → recipes, each with a digest; and what a plan would change."""

from __future__ import annotations

from pipelines.plan.make import Planned, make_plan
from pipelines.plan.outlook import Change, Outlook, compare

__all__ = ["Change", "Outlook", "Planned", "compare", "make_plan"]
