"""Reading the catalogue: lists, pages, differences, timelines, search, audit and export.

Every function here is pure: a catalogue in, plain rows or sentences out. Nothing decides
what the law means; that is `xinyong.law`.
"""
