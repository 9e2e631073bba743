"""The routes of all pages on societies, in the order in which addresses are tried."""

from __future__ import annotations

from fastapi import APIRouter

from xinyong.portal.society import (
    charts,
    compare,
    exchange,
    flows,
    indicators,
    map,
    runs,
    subjects,
)

__all__ = ["router"]

router = APIRouter()
for part in (compare, charts, map, flows, exchange, indicators, subjects, runs):
    router.include_router(part.router)
