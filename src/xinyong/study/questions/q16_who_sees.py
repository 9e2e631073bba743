"""Q16: how many bodies can see a given fact, and which link adds most exposure?

The fact is an entry on a list. Read off the catalogue, on a day, those see it who keep or decide
the list, who apply a measure to it, and who signed a memorandum on it that is in force. A body is
*linked* once the lag of its first tie is over (`institutions.network.first_tie`). Ablation takes
one memorandum, or one body, out and counts again. A flow breaks the norm of its origin when the
measure that the receiver applies lies in another field than the conduct that was recorded
(contextual integrity, by the four fields of the Planning Outline of 2014).

A public page is asked how many persons share what it shows. Names follow the frequency law, and
are taken to be spread evenly over sex, birth year and county; so the number of *others* who share
all of it is Poisson with mean (holders - 1) / (2 x birth years x counties), and so on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from xinyong.assumptions import assumptions
from xinyong.dates import NEVER, day_of
from xinyong.institutions.network import first_tie
from xinyong.language import Name, Sentence
from xinyong.law.catalogue import Catalogue
from xinyong.law.compile import law
from xinyong.law.memoranda import TOTAL
from xinyong.law.schema import Bilingual, Instrument
from xinyong.society.margins import leaf_margins, name_classes
from xinyong.society.namesakes import COUNTIES, birth_dates, poisson
from xinyong.study.answer import Answer, Matter, Row
from xinyong.study.matters import Trial, own, two
from xinyong.study.settings import Settings

__all__ = ["FACTS", "YEARS", "View", "answer", "breaches", "holders_like", "published", "view"]

YEARS = tuple(range(2013, 2023))
#: The facts shown one by one: an entry on each of these lists.
FACTS = {
    "spc_defaulters": "an unpaid judgment",
    "wage_arrears_list": "unpaid wages",
    "tax_major_list": "a major tax offence",
    "customs_dishonest_list": "a customs offence",
    "social_insurance_list": "unpaid social insurance",
    "medical_order_list": "trouble made in a hospital",
}
_PAGES = ("name", "name_province", "part_id", "full_id")


@dataclass(frozen=True, slots=True)
class View:
    """Who can see an entry on a list on a day.

    Attributes:
        own: keeper and decider; by: those who apply a measure; signed: signatories.
    """

    own: frozenset[str]
    by: frozenset[str]
    signed: frozenset[str]

    @property
    def bodies(self) -> frozenset[str]:
        """Return every body, once."""
        return self.own | self.by | self.signed


def _stated(it: Instrument) -> int:
    """Return how many signatories the sources say a memorandum has; at least one."""
    return max((s.n for s in it.stated if s.of == "signatories"), default=1)


def _live(it: Instrument, day: dt.date) -> bool:
    return any(
        v.draft is None
        and v.in_force.from_ <= day
        and (v.in_force.until is None or day <= v.in_force.until)
        for v in it.versions
    )


def view(
    catalogue: Catalogue, name: str, day: dt.date, without: frozenset[str] = frozenset()
) -> View:
    """Return who sees an entry on a list on a day, some memoranda or bodies left out.

    Example:
        >>> who = view(law().catalogue, "spc_defaulters", dt.date(2018, 12, 31))
        >>> "caac" in who.bodies
        True
    """
    it = catalogue.instrument(name)
    own = {x for x in (it.keeper, it.decider) if x} - without
    by: set[str] = set()
    signed: set[str] = set()
    for other in catalogue.instruments.values():
        if (other.id != name and other.serves != name) or other.id in without:
            continue
        for version in other.versions:
            until = version.in_force.until
            if version.draft is None and version.in_force.from_ <= day <= (until or dt.date.max):
                by |= {a for row in version.measures for a in row.by}
                signed |= set(other.signatories)
    return View(frozenset(own), frozenset(by - without), frozenset(signed - without))


def lists(catalogue: Catalogue, day: dt.date) -> tuple[str, ...]:
    """Return the black lists of the nation in force on a day."""
    return tuple(
        it.id
        for it in catalogue.instruments.values()
        if it.kind == "list" and it.polarity == "black" and it.level == "national"
        and _live(it, day)
    )  # fmt: skip


def linked(
    catalogue: Catalogue, bodies: frozenset[str], day: dt.date, lag: float | None = None
) -> frozenset[str]:
    """Return those bodies that are linked to the national platform on a day.

    Args:
        catalogue: the law.
        bodies: of which.
        day: the day.
        lag: days from the first tie to the link; as assumed if not given.
    """
    lag = int(assumptions().value("exchange.link_lag") if lag is None else lag)
    ties = first_tie(catalogue)
    return frozenset(b for b in bodies if ties.get(b, NEVER) + lag <= day_of(day))


def published(catalogue: Catalogue, name: str, day: dt.date) -> bool:
    """Tell whether a text in force orders that entries be published (as `case.seen` reads it)."""
    for other in catalogue.instruments.values():
        if other.id == name or other.serves == name:
            for version in other.versions:
                until = version.in_force.until or dt.date.max
                if version.draft is not None or not version.in_force.from_ <= day <= until:
                    continue
                step = other.id == name and any(s.then == "published" for s in version.steps)
                if step or any(row.measure == "m_publish" for row in version.measures):
                    return True
    return False


def breaches(catalogue: Catalogue, day: dt.date) -> tuple[int, int]:
    """Return how many flows (list, body, field of measure) leave the field of origin, and all."""
    flows = set()
    for name in lists(catalogue, day):
        field = catalogue.instrument(name).conduct_field
        for other in catalogue.instruments.values():
            if other.id != name and other.serves != name:
                continue
            for version in other.versions:
                until = version.in_force.until or dt.date.max
                if version.draft is not None or not version.in_force.from_ <= day <= until:
                    continue
                for row in version.measures:
                    to = catalogue.measures[row.measure].field
                    flows |= {(name, body, to, to != field) for body in row.by}
    return sum(flow[3] for flow in flows), len(flows)


def holders_like(page: str) -> list[tuple[float, float]]:
    """Return, for what a page shows, (mean number of others alike, share of persons).

    Args:
        page: ``name``; ``name_province``; ``part_id``: name, sex, birth year and county, the
            digits of an ID that a masked one leaves; ``full_id``.
    """
    years = birth_dates() / 365.25
    classes = [(h, w / 1e9) for h, w in name_classes()]
    if page == "name_province":
        people = sum(m.population for m in leaf_margins())
        parts = [m.population / people for m in leaf_margins()]
        return [((h - 1) * p, w * p) for h, w in classes for p in parts]
    spread = {"name": 1.0, "part_id": 2 * years * COUNTIES}.get(page)
    if spread is None:
        return [(0.0, 1.0)]
    return [((h - 1) / spread, w) for h, w in classes]


def shared_by_fewer(page: str, k: int) -> float:
    """Return the share of persons who share what a page shows with fewer than k in all."""
    total = 0.0
    for mean, weight in holders_like(page):
        if mean < 100:
            total += weight * float(poisson(mean)[: k - 1].sum())
    return total


def _ablation(catalogue: Catalogue, day: dt.date) -> tuple[dict[str, int], dict[str, int], int]:
    """Return pairs (list, body) lost without each memorandum, and each body, and all pairs."""
    names = lists(catalogue, day)
    whole = {n: view(catalogue, n, day).bodies for n in names}
    pairs = sum(len(b) for b in whole.values())
    fewer = {}
    for it in catalogue.instruments.values():
        if it.kind == "memorandum" and it.serves in whole and _live(it, day):
            rest = view(catalogue, it.serves, day, frozenset({it.id})).bodies
            fewer[it.id] = len(whole[it.serves]) - len(rest)
    bodies: dict[str, int] = {}
    for seen in whole.values():
        for b in seen:
            bodies[b] = bodies.get(b, 0) + 1
    return fewer, bodies, pairs


def _name(name: Bilingual) -> Name:
    return Name(name.en, name.zh)


def _without(name: Bilingual) -> Sentence:
    return Sentence("end of 2018 without {what}", what=_name(name))


def _matters(cat: Catalogue, day: dt.date) -> tuple[Matter, Matter]:
    """Return how the linked bodies that see an entry move with what is assumed of them."""
    views = [view(cat, name, day) for name in lists(cat, day)]

    def mean(signing: float = 1.0, lag: float | None = None) -> float:
        total = 0.0
        for v in views:
            sure = v.own | v.by
            total += len(linked(cat, sure, day, lag))
            total += signing * len(linked(cat, v.signed - sure, day, lag))
        return total / len(views)

    row = assumptions()["exchange.link_lag"]
    span = row.range or (0.0, 0.0)
    lag = Matter(row.id, row.about, row.value or 0.0, span,
                 "It moves links in time, not their final number.", row.status)  # fmt: skip
    said = Sentence(
        "the mean number of linked bodies that can see an entry at the end of {year}",
        year=str(day.year),
    )
    return two(said, mean(), [
        own("study.q16.signing", "share of signatories that can see what they signed for", 1.0,
            (0.0, 1.0), lambda x: mean(signing=x)),
        Trial(lag, (mean(lag=span[0]), mean(lag=span[1]))),
    ])  # fmt: skip


def answer(settings: Settings) -> Answer:
    """Answer the question; nothing is drawn."""
    del settings
    cat = law().catalogue
    ends = {y: dt.date(y, 12, 31) for y in YEARS}
    rows: list[Row] = []

    def row(arm: str, group: str, what: str, unit: str, before: float, after: float) -> None:
        rows.append(Row(arm, group, what, unit, before, after, after - before))

    def means(day: dt.date) -> tuple[float, float, float, float]:
        names = lists(cat, day)
        views = [view(cat, n, day).bodies for n in names]
        crossing, flows = breaches(cat, day)
        return (
            sum(len(v) for v in views) / len(names),
            sum(len(linked(cat, v, day)) for v in views) / len(names),
            sum(published(cat, n, day) for n in names) / len(names),
            crossing / flows,
        )

    first = means(ends[2013])
    labels = (
        ("bodies that can see an entry, mean over lists", "bodies"),
        ("of these linked to the national platform", "bodies"),
        ("lists whose entries are ordered to be published", "share of lists"),
        ("flows that leave the field of the conduct", "share of flows"),
    )
    by_year = {y: means(ends[y]) for y in YEARS}
    for y in YEARS[1:]:
        for (what, unit), before, after in zip(labels, first, by_year[y], strict=True):
            row(str(y), "all", what, unit, before, after)
        for name, fact in FACTS.items() if y in (2014, 2016, 2018, 2022) else ():
            if name in lists(cat, ends[y]):
                before = len(view(cat, name, ends[2013]).bodies) if name in lists(
                    cat, ends[2013]) else 0  # fmt: skip
                after = len(view(cat, name, ends[y]).bodies)
                row(str(y), fact, "bodies that can see it", "bodies", before, after)
    fewer, bodies, pairs = _ablation(cat, ends[2018])
    top = sorted(fewer.items(), key=lambda x: (-x[1], x[0]))
    for name, n in top[:8]:
        serves = cat.instrument(name).serves or ""
        whole = len(view(cat, serves, ends[2018]).bodies)
        fact = (cat.instrument(serves).short or cat.instrument(serves).name).en
        row(f"without_{name}", fact, "bodies that can see it, end of 2018", "bodies", whole,
            whole - n)  # fmt: skip
    widest = sorted(bodies.items(), key=lambda x: (-x[1], x[0]))
    for name, n in widest[:8]:
        what = "pairs of list and body, end of 2018"
        row(f"without_{name}", "all", what, "pairs", pairs, pairs - n)
    alone = {page: shared_by_fewer(page, 2) for page in _PAGES}
    ten = {page: shared_by_fewer(page, 10) for page in _PAGES}
    for page in _PAGES[1:]:
        row(f"page_{page}", "all", "persons who alone fit what the page shows", "share",
            alone["name"], alone[page])  # fmt: skip
        row(f"page_{page}", "all", "persons who share it with fewer than ten in all", "share",
            ten["name"], ten[page])  # fmt: skip
    court = [len(view(cat, "spc_defaulters", ends[y]).bodies) for y in YEARS]
    nothing = view(cat, "spc_defaulters", ends[2018], frozenset()).bodies
    (one, of_one), (other, of_other) = widest[:2]
    mou = cat.instrument(top[0][0])
    encoded = [it for it in cat.instruments.values() if it.kind == "memorandum"]
    unsigned = sum(_stated(it) > len(it.signatories) for it in encoded)
    findings = (
        Sentence(
            "An unpaid judgment could be seen by {first} kinds of body at the end of 2013, "
            "{middle} at that of 2016 and {last} at that of 2022.",
            first=str(court[0]), middle=str(court[YEARS.index(2016)]), last=str(court[-1]),
        ),
        Sentence(
            "Over all national black lists the mean went from {first} to {middle} in 2018 and "
            "{last} in 2022; {linked} of these were linked.",
            first=f"{first[0]:.1f}", middle=f"{by_year[2018][0]:.1f}",
            last=f"{by_year[2022][0]:.1f}", linked=f"{by_year[2022][1]:.1f}",
        ),
        Sentence(
            "Of single documents, {document} adds most to one fact: without it {n} fewer see it. "
            "Of single bodies, {one} sees {of_one} lists, {other} {of_other}.",
            document=_name(mou.short or mou.name), n=str(top[0][1]),
            one=_name(cat.authorities[one].name), of_one=str(of_one),
            other=_name(cat.authorities[other].name), of_other=str(of_other),
        ),
        Sentence(
            "{first} of the flows of 2013 and {last} of those of 2018 carry a record into another "
            "field than that of the conduct.",
            first=f"{by_year[2013][3]:.0%}", last=f"{by_year[2018][3]:.0%}",
        ),
        Sentence(
            "A page with the name alone fits one person only for {alone} of persons; with the "
            "digits that a masked ID leaves, for {masked}.",
            alone=f"{alone['name']:.1%}", masked=f"{alone['part_id']:.1%}",
        ),
    )  # fmt: skip
    return Answer(
        name="who-sees",
        number="Q16",
        question="How many bodies can see a given fact, and which link adds most exposure?",
        users=("rights organisations", "regulators", "journalists"),
        strength="A",
        baseline=("2013", "end of 2013; for ablation, all links of the end of 2018; for pages, "
                  "the name alone"),
        alternatives={
            **{str(y): Sentence("end of {year}", year=str(y)) for y in YEARS[1:]},
            **{f"without_{n}": _without(cat.instrument(n).name) for n, _ in top[:8]},
            **{f"without_{a}": _without(cat.authorities[a].name) for a, _ in widest[:8]},
            "page_name_province": "a page with name and province",
            "page_part_id": "a page with name, sex, birth year and county (a masked ID)",
            "page_full_id": "a page with the whole ID",
        },
        findings=findings,
        rows=tuple(rows),
        matters=_matters(cat, ends[2016]),
        does_not_show=(
            "How many offices: a kind of body, such as the courts, counts once.",
            "Who looked: being able to see is not seeing.",
            Sentence(
                "Links outside the {n} memoranda that are encoded, {unsigned} of them without all "
                "their signatories; {all} were issued by 2020.",
                n=str(len(encoded)), unsigned=str(unsigned), all=str(TOTAL),
            ),
        ),
        twin=float(len(nothing) - len(view(cat, "spc_defaulters", ends[2018]).bodies)),
        provenance={"catalogue_digest": cat.digest},
    )  # fmt: skip
