"""What stands before every page: headers, and refusals of what is too much."""

from __future__ import annotations

import logging
import time
import traceback
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from xinyong.language import LANGUAGES, speaking
from xinyong.portal.problems import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from xinyong.portal.site import Limits

__all__ = ["HEADERS", "Guard", "Pace"]

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'"
)

#: On every response, whatever it is.
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

#: What may change nothing may be asked for by any page; all else only from our own pages.
_SAFE = {"GET", "HEAD", "OPTIONS"}

_log = logging.getLogger("xinyong.portal")

#: How many clients are remembered, for seconds only.
_CLIENTS = 10_000


@dataclass
class _Bucket:
    left: float
    since: float


class Pace:
    """How many requests are in work, and a rest for what is made beside them."""

    def __init__(self) -> None:
        self.busy = 0  # changed by the one thread that takes requests

    def rest(self, most: float = 2.0) -> None:
        """Wait while somebody waits for a page, but not for ever: pages may be asked all day."""
        ends = time.monotonic() + most
        while self.busy and time.monotonic() < ends:
            time.sleep(0.01)


class Guard:
    """Refuse what is too long, too large, too often or from elsewhere; speak the language asked.

    A client is an address of the network, remembered in memory for as long as it counts.
    """

    def __init__(self, app: ASGIApp, limits: Limits, pace: Pace | None = None) -> None:
        self._app = app
        self._limits = limits
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._pace = pace or Pace()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        started = False
        body = _Counted(receive, self._limits.body)

        async def guarded(message: Message) -> None:
            nonlocal started
            if body.over:  # the application takes a body that breaks off for a bad request
                raise _TooLargeError
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        code = scope["path"].split("/")[1]
        with speaking(code if code in LANGUAGES else "en"):
            refusal = self._refusal(scope)
            if refusal is not None:
                status, detail, more = refusal
                response = problem(scope, status, detail, more)
                await response(scope, receive, guarded)
                return
            self._pace.busy += 1
            try:
                await self._app(scope, body, guarded)
            except _TooLargeError:
                body.over = False
                response = problem(scope, 413, self._too_large())
                await response(scope, receive, guarded)
            except Exception as error:
                # Where it happened, never what was asked or sent: a message might repeat it.
                at = traceback.extract_tb(error.__traceback__)[-1]
                _log.error("%s at %s:%s", type(error).__name__, at.filename, at.lineno)
                if started:
                    raise
                response = problem(scope, 500, "something went wrong in xinyong itself")
                await response(scope, receive, guarded)
            finally:
                self._pace.busy -= 1

    def _refusal(self, scope: Scope) -> tuple[int, str, dict[str, str]] | None:
        limits = self._limits
        headers = Headers(scope=scope)
        if len(scope.get("raw_path", b"")) + len(scope["query_string"]) > limits.url:
            return 414, f"an address has at most {limits.url:,} characters", {}
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > limits.body:
            return 413, self._too_large(), {}
        if scope["method"] not in _SAFE and headers.get("sec-fetch-site", "same-origin") not in (
            "same-origin",
            "none",
        ):
            return 403, "this can only be asked for from a page of this portal", {}
        wait = self._wait((scope.get("client") or ("", 0))[0])
        if wait:
            return 429, f"too many requests; come back in {wait} s", {"Retry-After": str(wait)}
        if self._pace.busy >= limits.at_once:
            return 503, "too much is asked of this portal at once", {"Retry-After": "2"}
        return None

    def _too_large(self) -> str:
        return f"a request has at most {self._limits.body:,} bytes"

    def _wait(self, client: str) -> int:
        """Take one from a client's bucket; returns the seconds to wait if it is empty."""
        now = time.monotonic()
        bucket = self._buckets.pop(client, None) or _Bucket(self._limits.burst, now)
        filled = bucket.left + (now - bucket.since) * self._limits.per_second
        bucket.left, bucket.since = min(filled, self._limits.burst), now
        self._buckets[client] = bucket
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        if bucket.left < 1:
            return max(1, round((1 - bucket.left) / self._limits.per_second))
        bucket.left -= 1
        return 0


class _TooLargeError(Exception):
    pass


class _Counted:
    """A body that stops where it is longer than it may be."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._left = receive, most
        self.over = False

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.over = True
            raise _TooLargeError
        return message
