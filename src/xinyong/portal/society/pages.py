"""The routes of all pages on societies, in the order in which addresses are tried."""

from __future__ import annotations

from fastapi import APIRouter

from xinyong.portal.society import charts, runs

__all__ = ["router"]

router = APIRouter()
for part in (charts, runs):
    router.include_router(part.router)
