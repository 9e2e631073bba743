"""Conduct: what subjects do, drawn as one Bernoulli trial a month for each of them."""
