"""The law as data: schema, loader, compiler, and `determine`, its one meaning."""
