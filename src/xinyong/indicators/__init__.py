"""Indicators: what a run and the law mean, family by family, each with its definition."""
