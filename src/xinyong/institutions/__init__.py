"""What authorities do: record, identify, exchange, decide, apply, undo."""
