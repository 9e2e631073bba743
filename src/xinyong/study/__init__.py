"""Studies: named questions, each answered by arms that share their luck, in one standard form."""
