"""From plain data to models: every mistake at once, each with file, line and field.

pydantic finds them; what is done here is to say which field is meant (its locations mix
fields with labels of union members), what was expected there, and which word was perhaps
intended.
"""

from __future__ import annotations

import datetime as dt
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError

from xinyong.document import Document, Loc, limited, masked, nearest, quoted, shown
from xinyong.errors import CatalogueError, Problem, _ProblemsError
from xinyong.language import Sentence

__all__ = ["validate"]

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class _Found:
    """One error of pydantic, placed in the document.

    pydantic's ``raw`` location mixes fields with labels of union members; ``loc`` keeps
    the fields, ``labels`` the positions of the labels within ``raw``.
    """

    kind: str
    raw: Loc
    loc: Loc
    labels: tuple[int, ...]
    value: Any
    ctx: dict[str, Any]
    text: str
    expected: list[str] = field(default_factory=list)


def validate(
    model: type[Model], document: Document, error: type[_ProblemsError] = CatalogueError
) -> Model:
    """Return the document as a model, or raise every problem at once, sorted by line.

    How strict the reading is, the model decides (``extra="forbid"``, ``strict=True``).

    Raises:
        _ProblemsError: of class ``error``, with at most fifty problems and a count of
            the rest.

    Example:
        >>> from xinyong.yamlio import parse_yaml
        >>> class Step(BaseModel, extra="forbid"):
        ...     by: Literal["court", "police"]
        >>> validate(Step, parse_yaml("by: cuort", "a.yaml"))
        Traceback (most recent call last):
        ...
        xinyong.errors.CatalogueError: a.yaml:1: by: expected 'court' or 'police', found \
the text 'cuort'; did you mean 'court'?

    """
    try:
        return model.model_validate(document.data)
    except ValidationError as exc:
        found = [_place(raw, document.data) for raw in exc.errors(include_url=False)]
    problems = [_problem(each, model, document) for each in _without_union_noise(found)]
    raise error(limited(list(dict.fromkeys(problems)))) from None


def _place(raw: Any, data: Any) -> _Found:
    """Tell fields from union labels in a pydantic location."""
    loc: Loc = tuple(raw["loc"])
    first: tuple[int, ...] | None = None
    for labels in _label_choices(loc, data, 0, raw["type"] == "missing"):
        first = labels if first is None else first
        parent = data
        kept = [part for i, part in enumerate(loc) if i not in labels]
        if raw["type"] == "missing":
            kept = kept[:-1]
        for part in kept:
            parent = parent[part]
        if parent is raw["input"]:
            first = labels
            break
    labels = first or ()
    fields = tuple(part for i, part in enumerate(loc) if i not in labels)
    return _Found(raw["type"], loc, fields, labels, raw["input"], raw.get("ctx", {}), raw["msg"])


def _label_choices(loc: Loc, value: Any, at: int, missing: bool) -> Iterator[tuple[int, ...]]:
    """Yield the possible positions of labels, fields first; pydantic does not mark them."""
    if at == len(loc):
        yield ()
        return
    part = loc[at]
    if missing and at == len(loc) - 1:
        yield ()
        return
    here = isinstance(value, dict) and part in value
    here = here or (isinstance(value, list) and isinstance(part, int) and part < len(value))
    if here:
        yield from _label_choices(loc, value[part], at + 1, missing)
    if isinstance(part, str):
        for rest in _label_choices(loc, value, at + 1, missing):
            yield (at, *rest)


def _without_union_noise(found: list[_Found]) -> list[_Found]:
    """Keep, of a union, the errors of the one member that the author most likely meant.

    That is the member with errors deepest inside (its shape fitted), then with fewest
    errors. Where no member's shape fitted, all are merged into one "expected a or b".
    """
    depth = max((i for each in found for i in each.labels), default=-1)
    for at in range(depth, -1, -1):  # innermost unions first
        sites: dict[Loc, dict[str | int, list[_Found]]] = {}
        for each in found:
            if at in each.labels:
                sites.setdefault(each.raw[:at], {}).setdefault(each.raw[at], []).append(each)
        for members in sites.values():
            if len(members) < 2:
                continue
            errors = [each for member in members.values() for each in member]
            own = at - sum(i < at for i in errors[0].labels)  # depth of the union itself
            inside = [m for m in members.values() if any(len(e.loc) > own for e in m)]
            if inside:
                keep = min(inside, key=lambda m: (len(m), -max(len(e.loc) for e in m)))
            else:
                keep = errors[:1]
                expected = [word for each in errors for word in _expected(each)]
                keep[0].expected = list(dict.fromkeys(expected))
            kept = {id(each) for each in keep}
            dropped = {id(each) for each in errors} - kept
            found = [each for each in found if id(each) not in dropped]
    return found


_WANTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_type": "a date such as 2013-10-01",
    "date_parsing": "a date such as 2013-10-01",
    "date_from_datetime_parsing": "a date such as 2013-10-01",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping of fields",
    "model_type": "a mapping of fields",
    "model_attributes_type": "a mapping of fields",
    "dataclass_type": "a mapping of fields",
    "mapping_type": "a mapping of fields",
    "none_required": "nothing",
    "greater_than": "a value above {gt}",
    "greater_than_equal": "a value of at least {ge}",
    "less_than": "a value below {lt}",
    "less_than_equal": "a value of at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
    "string_pattern_mismatch": "a text of the form {pattern}",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
}


def _expected(each: _Found) -> list[str]:
    if each.expected:
        return each.expected
    wanted = _WANTED.get(each.kind)
    if each.kind == "union_tag_invalid":
        return str(each.ctx["expected_tags"]).split(", ")
    if each.kind in ("literal_error", "enum"):
        return [_options(str(each.ctx["expected"]))]
    fields = re.findall(r"{(\w+)}", wanted or "")
    return [Sentence(wanted, **{n: str(each.ctx[n]) for n in fields})] if wanted else []


def _problem(each: _Found, model: type[BaseModel], document: Document) -> Problem:
    loc, value = each.loc, each.value
    if each.kind == "missing":
        name = str(loc[-1])
        return document.problem(loc, "this field is missing", _add(name))
    if each.kind == "extra_forbidden":
        models = _models_at(model, each.raw[:-1])
        allowed = list(dict.fromkeys(name for m in models for name in _names(m)))
        hint = nearest(str(loc[-1]), allowed)
        if not hint:
            hint = Sentence("known here: {names}", names=allowed) if allowed else "remove it"
        message = Sentence("unknown field {name}", name=quoted(str(loc[-1])))
        return document.problem(loc, message, hint)
    if each.kind in ("union_tag_not_found", "union_tag_invalid"):
        name = str(each.ctx.get("discriminator", "")).strip("'")
        if each.kind == "union_tag_not_found":
            return document.problem((*loc, name), "this field is missing", _add(name))
        loc, value = (*loc, name), each.ctx.get("tag")
    words = _expected(each)
    if not words:
        # Validators of ours speak for themselves; pydantic prefixes their words.
        own = each.ctx.get("error")
        text = (own.args[0] if own.args else "") if own is not None else each.text
        hidden = masked(str(text))
        return document.problem(loc, text if hidden == text else hidden)
    message = Sentence("expected {words}, found {found}", words=_either(words), found=shown(value))
    return document.problem(loc, message, _type_hint(each.kind, words, value))


def _add(name: str) -> str:
    return Sentence("add '{name}: ...'", name=name)


def _options(expected: str) -> str:
    """Return pydantic's list of options as a sentence of the same words.

    Example:
        >>> _options("'a', 'b' or 'c'")
        "'a', 'b' or 'c'"
    """
    *some, last = re.findall(r"'(?:[^'\\]|\\.)*'", expected) or [""]
    found = Sentence("{some} or {last}", some=some, last=last)
    return found if some and found == expected else expected


def _either(words: list[str]) -> str:
    found = words[0]
    for word in words[1:]:
        found = Sentence("{one} or {other}", one=found, other=word)
    return found


def _type_hint(kind: str, words: list[str], value: object) -> str:
    if isinstance(value, str):
        options = [o for word in words for o in re.findall(r"'((?:[^'\\]|\\.)*)'", word)]
        return nearest(value, options)
    if kind == "string_type" and isinstance(value, bool | int | float | dt.date):
        return "put it in quotes"
    return ""


def _names(model: type[BaseModel]) -> list[str]:
    return [info.alias or name for name, info in model.model_fields.items()]


def _models_at(annotation: Any, loc: Loc) -> list[type[BaseModel]]:
    """Return the models that may stand at a pydantic location below an annotation."""
    annotation = getattr(annotation, "__value__", annotation)  # ``type X = ...``
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _models_at(args[0], loc)
    if origin in (Union, types.UnionType):
        labelled = [m for m in args if loc and _has_label(m, loc[0])]
        if labelled:
            return [found for m in labelled for found in _models_at(m, loc[1:])]
        return [found for m in args for found in _models_at(m, loc)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not loc:
            return [annotation]
        for name, info in annotation.model_fields.items():
            if loc[0] in (name, info.alias):
                return _models_at(info.annotation, loc[1:])
            if name == "root":
                return _models_at(info.annotation, loc)
        return []
    if args and loc:
        if origin is dict or (isinstance(origin, type) and issubclass(origin, dict)):
            return _models_at(args[1], loc[1:])
        inner = [found for a in args for found in _models_at(a, loc[1:])]
        return list(dict.fromkeys(inner))
    return []


def _has_label(member: Any, label: str | int) -> bool:
    """Whether pydantic names this member of a union so: by tag, by kind or by class."""
    if get_origin(member) is Annotated:
        inner, *notes = get_args(member)
        return any(isinstance(n, Tag) and n.tag == label for n in notes) or _has_label(inner, label)
    if not (isinstance(member, type) and issubclass(member, BaseModel)):
        return False
    if member.__name__ == label:
        return True
    kinds = [i.annotation for i in member.model_fields.values()]
    return any(get_origin(kind) is Literal and label in get_args(kind) for kind in kinds)
