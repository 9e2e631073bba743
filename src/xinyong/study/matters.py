"""Which assumptions matter most to an answer: found by taking each to the ends of its range.

A study names a *headline*, one number, and assumptions that might move it. Each is taken to both
ends of its range, all else as it is, and the headline worked out again: exactly where nothing is
drawn, else by paired arms with the seed of the first replicate (`xinyong.study.varied`). The two
that move it most are named in the answer, with what the headline became. What two assumptions do
together is not seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from xinyong.language import Sentence
from xinyong.study.answer import Matter, figure

__all__ = ["Trial", "own", "two"]

#: What is said of the assumption that moves a headline most, and of the next.
_MOVED = (
    "At the ends of its range {headline} is {low} and {high} instead of {centre}; of {n} "
    "assumptions tried none moves it more.",
    "At the ends of its range {headline} is {low} and {high} instead of {centre}; of {n} "
    "assumptions tried one moves it more.",
)


@dataclass(frozen=True)
class Trial:
    """An assumption and what a headline is at the ends of its range.

    Attributes:
        matter: the assumption; at: the headline at the low and at the high end.
    """

    matter: Matter
    at: tuple[float, float]

    def moves(self, centre: float) -> float:
        """Return by how much the headline moves at most."""
        return max(abs(x - centre) for x in self.at)


def own(
    name: str, about: str, value: float, span: tuple[float, float],
    headline: Callable[[float], float], why: str = "",
) -> Trial:  # fmt: skip
    """Try an assumption of a study's own, whose headline is a function of its value."""
    return Trial(Matter(name, about, value, span, why), (headline(span[0]), headline(span[1])))


def two(headline: str, centre: float, trials: Sequence[Trial]) -> tuple[Matter, Matter]:
    """Return the two assumptions that move a headline most, each with what it does to it.

    Args:
        headline: in words, with its unit.
        centre: the headline as assumed.
        trials: two or more; of equal movement the first named comes first.

    Raises:
        ValueError: fewer than two trials.

    Example:
        >>> tried = [Trial(Matter(n, n, 1, (0, 2), "Why."), (0.0, h)) for n, h in (("a", 2.0),
        ...          ("b", 9.0), ("c", 4.0))]
        >>> [m.id for m in two("months", 1.0, tried)]
        ['b', 'c']
    """
    if len(trials) < 2:
        raise ValueError("two assumptions or more are tried")
    ranked = sorted(trials, key=lambda t: -t.moves(centre))

    def said(rank: int) -> Matter:
        trial = ranked[rank]
        low, high = (figure(x) for x in trial.at)
        text = Sentence(
            _MOVED[rank], headline=Sentence.of(headline), low=low, high=high,
            centre=figure(centre), n=str(len(trials)),
        )  # fmt: skip
        if trial.matter.why:
            text = Sentence("{one} {other}", one=text, other=Sentence.of(trial.matter.why))
        return replace(trial.matter, why=text)

    return said(0), said(1)
