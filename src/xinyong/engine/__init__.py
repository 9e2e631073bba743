"""The engine: ledgers of millions of synthetic subjects, month by month."""
