"""A page of every kind that the portal has, for whoever visits them all: browser, load."""

from __future__ import annotations

from xinyong.portal.building import STEPS

__all__ = ["PAGES", "REFUSED"]

_COURT = (
    "kind=person&place=hebei&on=2019-06-30&act=judgment_refusal,from=2018-03-05,able,"
    "document=judgment:2017-10-20:2017-10-25:2017-11-10,"
    "document=enforcement_notice:2018-02-01:2018-02-06"
)
_WENDENG = (
    "kind=person&place=wendeng&age=35-44&on=2021-06-30&act=blood_donation,from=2021-03-01"
    "&act=drunk_driving,from=2020-06-10,document=penalty_decision:2020-06-12"
)
_SOCIETY = "/society/{run}"

#: Addresses after the language. In braces: a run, a subject of it, a job, an answered question.
PAGES = (
    "/",
    *("/catalogue", "/catalogue?q=shixin", "/catalogue?kind=list&on=2020-01-01"),
    *("/catalogue/spc_defaulters", "/catalogue/spc_defaulters/lint", "/catalogue/wendeng_2020"),
    *("/catalogue/wendeng_2020/items", "/catalogue/timeline", "/catalogue/map"),
    *("/catalogue/compare?a=spc_defaulters", "/catalogue/audit", "/catalogue/audit/assumed"),
    "/catalogue/lint",
    *("/catalogue/compare/places?a=rongcheng&b=hangzhou&on=2020-01-01",),
    *("/catalogue/words/measures", "/catalogue/words/conducts/drunk_driving"),
    *("/case", *(f"/case/build/{step}?{_COURT}" for step in STEPS)),
    f"/case/build/conduct?{_COURT}&n=1&q=jiujia",
    f"/case/pick?{_COURT}&n=1&conduct=drunk_driving",
    f"/case/drop?{_WENDENG}&what=act&n=1",
    *(f"/case/{page}?{_COURT}" for page in ("check", "result", "changes", "compare")),
    *(f"/case/{page}?{_WENDENG}" for page in ("result", "compare")),
    f"/case/compare?{_WENDENG}&other_place=rongcheng",
    *("/society", _SOCIETY, f"{_SOCIETY}/chart/court_list", f"{_SOCIETY}/map?indicator=entered"),
    *(f"{_SOCIETY}/{page}" for page in ("lists", "lists/spc_defaulters", "grades", "measures")),
    *(f"{_SOCIETY}/{page}" for page in ("errors", "exchange", "indicators", "indicators/burden")),
    *(f"{_SOCIETY}/subject", f"{_SOCIETY}/subject/{{subject}}"),
    "/society/compare?a={run}&b={run}",
    *("/studies", "/studies/{answer}", "/studies/zombie"),
    *("/run", "/run/{job}", "/about"),
)

#: Pages that say what is wrong, and what to do.
REFUSED = (
    "/nowhere",
    f"/case/build/days?{_COURT}&go=1&from=",
    f"/case/result?{_COURT.replace('hebei', 'hbei')}",
    f"/case/compare?{_COURT}&other_on=2016-01-01",
    "/case/result",
    "/catalogue/compare?a=nothing",
    "/society/{run}/lists/nothing",
)
