"""One hypothetical subject and its acts, and what follows from them.

>>> from xinyong.case import Case, calculate
>>> case = Case.model_validate({
...     "subject": {"kind": "person", "place": "wendeng"},
...     "acts": [{"conduct": "blood_donation", "from": "2021-03-01"}],
...     "on": "2021-06-01",
... })
>>> calculate(case).determination.scores[0].grade
'A'
"""

from __future__ import annotations

from xinyong.case.calculator import CaseResult, calculate
from xinyong.case.model import Case, read_case

__all__ = ["Case", "CaseResult", "calculate", "read_case"]
