"""The synthetic society: margins, strata, subjects and links.

Subjects are ``(leaf, kind, index)``; nobody has a name, and nothing is stored about a
subject that its stratum or its id does not give. See ``design.md`` section 4.
"""
