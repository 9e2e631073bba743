"""A month of a run as an address names it: by its label, or by the place of a slider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from xinyong.errors import UsageError
from xinyong.language import say
from xinyong.portal.society.views import Viewed

__all__ = ["Month", "Monthly"]


@dataclass(frozen=True)
class Month:
    """A month of a run.

    Attributes:
        at: its position; label: ``YYYY-MM``; labels: of all months.
    """

    at: int
    labels: list[str]

    @property
    def label(self) -> str:
        """The month as it is written."""
        return self.labels[self.at]

    @property
    def before(self) -> str:
        """The month before; "" for the first."""
        return self.labels[self.at - 1] if self.at else ""

    @property
    def after(self) -> str:
        """The month after; "" for the last."""
        return self.labels[self.at + 1] if self.at + 1 < len(self.labels) else ""


def _month(
    view: Viewed,
    month: Annotated[str, Query(max_length=7, description="YYYY-MM; the last if left out")] = "",
    at: Annotated[int | None, Query(ge=0, le=2000, description="position of the slider")] = None,
) -> Month:
    """Return the month that is asked for.

    Raises:
        UsageError: the run has no such month.
    """
    labels = view.run.months
    if at is not None:
        return Month(min(at, len(labels) - 1), labels)
    if month and month not in labels:
        raise UsageError(
            say("the months of this run are {a} to {b}", a=labels[0], b=labels[-1])
        )  # fmt: skip
    return Month(labels.index(month) if month else len(labels) - 1, labels)


Monthly = Annotated[Month, Depends(_month)]
