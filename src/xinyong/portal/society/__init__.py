"""Pages of the societies: finished runs, their pictures and tables, and one subject of a run."""

from __future__ import annotations
