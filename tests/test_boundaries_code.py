"""No place in code or data can hold what identifies someone.

Every model, dataclass, table layout, command-line option and data file is walked. A word
that is meant otherwise goes on the short list `MEANT_OTHERWISE`, with its reason.
"""

from __future__ import annotations

import ast
import csv
import dataclasses
import enum
import importlib
import inspect
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pytest
from pydantic import BaseModel, create_model
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "xinyong"

#: Single words of a field's name that stand for a person's or firm's identity.
WORDS = {
    *("surname", "forename", "nickname", "username", "name", "names", "pinyin"),
    *("passport", "uscc", "ssn", "nin", "hukou"),
    *("phone", "telephone", "mobile", "fax", "email", "mail", "wechat", "weixin", "weibo", "qq"),
    *("address", "street", "postcode", "zipcode", "latitude", "longitude", "lat", "lon", "gps"),
    *("birth", "birthday", "birthdate", "dob"),
    *("account", "iban", "card", "wallet"),
    *("plate", "vin", "imei", "imsi", "mac", "ip", "device", "cookie"),
    *("face", "photo", "portrait", "fingerprint", "iris", "voiceprint", "gait", "dna"),
    *("biometric", "biometrics"),
}
#: Runs of words that do so together.
RUNS = {
    *("id_number", "id_no", "id_card", "identity_number", "identity_no", "national_id"),
    *("resident_id", "citizen_id", "credit_code", "registration_number", "licence_number"),
    *("license_number", "tax_number", "taxpayer_number", "case_number", "document_number"),
}
CHINESE = re.compile(
    "姓名|身份证|证件号|护照|电话|手机|邮箱|微信|住址|地址|出生日期|账号|账户|车牌|人脸|指纹"
    "|信用代码|注册号"
)

#: "<module>.<class>.<field>", "<file>:<key>" or "--option" -> why it holds no identity.
MEANT_OTHERWISE = {
    "xinyong.places.Place.name_en": "name of a province or city",
    "xinyong.places.Place.name_zh": "name of a province or city",
    "xinyong.engine.graded.Graded.names": "ids of schemes, measures and authorities",
    "xinyong.engine.scenario.Scenario.name": "what the user calls a set of inputs",
    "xinyong.engine.world.Travel.measure_names": "ids of kinds of measures",
    "xinyong.engine.world.World.measure_names": "ids of kinds of measures",
    "xinyong.report.figure.Figure.name": "id of a chart",
    "xinyong.study.answer.Answer.name": "id of a question",
    "xinyong.study.questions.Question.name": "id of a question",
    "xinyong.study.arms.Arm.name": "id of an arm",
    "xinyong.study.questions.q9_safeguards.Safeguard.name": "id of a safeguard",
    "xinyong.indicators.base.Inputs.names": "ids of lists, measures and authorities",
    "xinyong.study.arms.Indicator.name": "id of an indicator",
    "xinyong.portal.jobs.Job.name": "id of a run",
    "xinyong.portal.society.lines.Line.name": "what a line of a chart is about",
    "xinyong.portal.society.map.Square.name_en": "name of a province",
    "xinyong.portal.society.map.Square.name_zh": "name of a province",
    "data/places.csv:name_en": "name of a province or city",
    "data/places.csv:name_zh": "name of a province or city",
    "xinyong.law.provincial.ProvincialList.name_en": "name of a list on a portal",
    "xinyong.law.provincial.ProvincialList.name_zh": "name of a list on a portal",
    "law/data/provincial_lists.csv:name_en": "name of a list on a portal",
    "law/data/provincial_lists.csv:name_zh": "name of a list on a portal",
}


def identifies(field: str) -> bool:
    """Whether a field, column, key or option is named like something that identifies someone."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", field).lower()
    words = re.findall(r"[a-z0-9]+", snake)
    joined = f"_{'_'.join(words)}_"
    return (
        bool(WORDS & set(words))
        or any(f"_{run}_" in joined for run in RUNS)
        or bool(CHINESE.search(field))
    )


@pytest.mark.parametrize(
    "field",
    [
        *("name", "fullName", "rep_name", "id_number", "uscc", "mobile_phone", "email"),
        *("home_address", "birth_date", "bank_account", "plate", "face_id", "ID card"),
        *("姓名", "统一社会信用代码"),
    ],
)
def test_identity_fields_are_seen(field: str) -> None:
    assert identifies(field)


@pytest.mark.parametrize(
    "field",
    [
        *("subject", "index", "leaf", "namesake", "age_band", "template", "surface", "hidden"),
        *("accounting", "place", "case", "interface", "identity_error", "indicator"),
    ],
)
def test_ordinary_fields_are_not(field: str) -> None:
    assert not identifies(field)


# --- classes ----------------------------------------------------------------------


@cache
def loaded() -> tuple[ModuleType, ...]:
    """Every module of xinyong that exists; one that cannot be imported is an error."""
    names = []
    for path in sorted(SRC.rglob("*.py")):
        parts = path.relative_to(SRC.parent).with_suffix("").parts
        if parts[-1] != "__main__":
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return tuple(importlib.import_module(name) for name in names)


def bilingual(annotation: Any) -> bool:
    """Whether a type is an official name: a model of exactly ``en`` and ``zh``, or several."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return set(annotation.model_fields) == {"en", "zh"}
    inside = [a for a in get_args(annotation) if a is not type(None)]
    return bool(inside) and all(bilingual(a) for a in inside if inspect.isclass(a) or get_args(a))


def fields_of(thing: Any) -> Iterator[str]:
    """Names of what a class or a table layout can hold, aliases too."""
    if isinstance(thing, np.dtype):
        yield from thing.names or ()
    elif isinstance(thing, pa.Schema):
        yield from thing.names
    elif not inspect.isclass(thing) or issubclass(thing, enum.Enum):
        return
    elif issubclass(thing, BaseModel):
        for name, field in thing.model_fields.items():
            if not bilingual(field.annotation):
                yield from {name, *(a for a in [field.alias] if a)}
    elif dataclasses.is_dataclass(thing):
        yield from (field.name for field in dataclasses.fields(thing))
    elif hasattr(thing, "_fields"):  # NamedTuple
        yield from thing._fields
    elif hasattr(thing, "__total__"):  # TypedDict
        yield from thing.__annotations__


def holders_of(module: ModuleType) -> Iterator[tuple[str, Any]]:
    for name, thing in vars(module).items():
        if not inspect.isclass(thing) or thing.__module__ == module.__name__:
            yield name, thing


def test_no_class_or_table_can_hold_an_identity() -> None:
    found, holding = set(), 0
    for module in loaded():
        for name, thing in holders_of(module):
            fields = set(fields_of(thing))
            holding += bool(fields)
            found |= {f"{module.__name__}.{name}.{f}" for f in fields if identifies(f)}
    assert holding > 0
    assert found - set(MEANT_OTHERWISE) == set()


def test_models_refuse_unknown_fields() -> None:
    """What has no field cannot be handed in either."""
    models = {
        thing
        for module in loaded()
        for _, thing in holders_of(module)
        if inspect.isclass(thing) and issubclass(thing, BaseModel)
    }
    assert {m.__qualname__ for m in models if m.model_config.get("extra") != "forbid"} == set()


def test_identities_are_seen_in_every_kind_of_holder() -> None:
    name: Any = create_model("Bilingual", en=(str, ...), zh=(str, ...))
    for held, seen in ((str, True), (name, False), (name | None, False), (name | str, True)):
        assert ("name" in set(fields_of(create_model("M", name=(held, ...))))) is seen
    assert "phone" in set(fields_of(dataclasses.make_dataclass("D", ["phone"])))
    assert "uscc" in set(fields_of(np.dtype([("uscc", np.int64)])))
    assert "email" in set(fields_of(pa.schema([("email", pa.string())])))


def options(path: Path) -> set[str]:
    """Every ``--option`` that a source file spells out."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    texts = (n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return {text for text in texts if re.fullmatch(r"--[a-z][a-z0-9-]*", text)}


def test_no_command_asks_for_an_identity() -> None:
    found = {option for path in SRC.rglob("*.py") for option in options(path)}
    assert {o for o in found if identifies(o)} - set(MEANT_OTHERWISE) == set()


# --- data -------------------------------------------------------------------------

DATA = sorted(p for p in SRC.rglob("data/**/*") if p.is_file() and "__pycache__" not in p.parts)
READABLE = {".csv", ".json", ".yaml"}


def keys(node: Any) -> Iterator[str]:
    """Keys under which one value stands; an official name ``{en, zh}`` is none.

    A key that holds a mapping is an id of the vocabulary (a list, a conduct, an authority).
    """
    if isinstance(node, dict):
        for key, value in node.items():
            if not isinstance(value, dict):
                yield str(key)
            yield from keys(value)
    elif isinstance(node, list):
        for value in node:
            yield from keys(value)


@cache
def columns(path: Path) -> frozenset[str]:
    """Columns or keys of a data file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".yaml":
        return frozenset(keys(YAML(typ="safe", pure=True).load(text)))
    if path.suffix == ".json":
        return frozenset(keys(json.loads(text)))
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(next(rows))


def test_data_files_are_of_kinds_this_test_can_read() -> None:
    assert [str(p.relative_to(SRC)) for p in DATA if p.suffix not in READABLE] == []


@pytest.mark.parametrize("path", DATA, ids=lambda p: str(p.relative_to(SRC)))
def test_no_data_file_has_a_column_for_an_identity(path: Path) -> None:
    where = path.relative_to(SRC).as_posix()
    found = {f"{where}:{key}" for key in columns(path) if identifies(key)}
    assert found - set(MEANT_OTHERWISE) == set()


RESIDENT_ID = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
CREDIT_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-HJ-NPQRTUWXY]{18}(?![0-9A-Za-z])")
MOBILE = re.compile(r"(?<![\d.])1[3-9]\d{9}(?![\d.])")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*[a-z]")
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def is_resident_id(text: str) -> bool:
    """Check digit of GB 11643-1999."""
    total = sum(int(c) * 2 ** (17 - i) for i, c in enumerate(text[:17]))
    return "10X98765432"[total % 11] == text[17].upper()


def is_credit_code(text: str) -> bool:
    """Check character of GB 32100-2015."""
    total = sum(CREDIT_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(text[:17]))
    return CREDIT_ALPHABET[-total % 31] == text[17]


def identities(text: str) -> list[str]:
    """Values in a text that are shaped like an identity number, a mobile number or an e-mail."""
    found = [v for v in RESIDENT_ID.findall(text) if is_resident_id(v)]
    found += [v for v in CREDIT_CODE.findall(text) if is_credit_code(v)]
    return found + MOBILE.findall(text) + EMAIL.findall(text)


@pytest.mark.parametrize("path", DATA, ids=lambda p: str(p.relative_to(SRC)))
def test_no_data_file_holds_a_value_like_an_identity(path: Path) -> None:
    assert identities(path.read_text(encoding="utf-8")) == []


def test_values_like_identities_are_seen() -> None:
    # Made up for this test: a district code that is not assigned, the year 1800.
    body = "99999918000101001"
    valid = [f"{body}{c}" for c in "0123456789X" if is_resident_id(f"{body}{c}")]
    assert len(valid) == 1
    code = "Y" * 17
    valid += [f"{code}{c}" for c in CREDIT_ALPHABET if is_credit_code(f"{code}{c}")]
    assert len(valid) == 2
    text = f"a {valid[0]}, b {valid[1]}; 1" + "3" * 10 + " x@example.org"
    assert len(identities(text)) == 4
    assert identities("1411778724 persons, 2013-10-24, SYN-37-P-00000001, " + "0a" * 32) == []
