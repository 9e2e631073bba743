"""Load the portal as many readers at once would, and see that its budgets are kept.

    .venv/bin/xinyong run                                     # a finished default run to show
    .venv/bin/python benchmarks/portal_load.py results/default-1to100-seed20131001
    .venv/bin/python benchmarks/portal_load.py RUN --seconds 10 --clients 5 --json FILE

`xinyong portal RUN` is started in a process of its own. Each client asks for pages of every
kind in a fixed order that its number shuffles, reads each for a second on average, and comes
from a loopback address of its own, because the portal limits what one address may ask. The
clients run in processes of their own too, one for every core, so that they do not wait for each
other. Printed: the machine and its load, then for each kind of page how often it was asked and
how long it took (p50, p95, most) beside the budget of 200 ms; failures; the memory of the
portal at the start, in the middle and at the end. Then `SIGTERM` comes while requests are in
flight: they must be finished, the process must end by itself with code 0. Before the measured
minute the first visit to every kind of page is timed, as it finds the portal after its start.

What is missed is called `MISSED`; the exit code is 1 if a request failed, the portal grew or
did not finish what it had in hand. A missed time is no failure: it depends on the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from run import ROOT, XINYONG, machine

sys.path[:0] = [str(ROOT / "tests")]
from reference.pages import PAGES  # noqa: E402 - below the tests

BUDGET = 0.2
#: Megabytes by which the portal may grow from the warm middle to the end, in a minute.
GROWTH = 20
#: The mean of the pause in which a client reads a page, in seconds.
PAUSE = 1.0


@dataclass(frozen=True)
class Asked:
    """One request: the kind of page, how long it took, and what came back (0: nothing)."""

    kind: str
    seconds: float
    status: int


def kind_of(path: str) -> str:
    """Return what kind of page an address gives, for the table."""
    plain, _, query = path.partition("?")
    words = {"q": " (search)", "other_place": " (two places)", "kind=list": " (filtered)"}
    if plain.startswith("/case") and "other_place" not in query:
        return plain
    return plain + next((w for key, w in words.items() if key in query), "")


def pages(where: dict[str, str]) -> list[tuple[str, str]]:
    """Return kind and address of every page of the mix, half in each language."""
    found = []
    for i, path in enumerate(PAGES):
        kind = kind_of(path)
        path = quote(path.format(**where), safe="/?=&,:%+")
        found.append((kind, f"/{('en', 'zh')[i % 2]}{path}"))
        found.append((kind, f"/{('zh', 'en')[i % 2]}{path}"))
    return found


def ask(port: int, path: str, client: int = 0, body: dict[str, str] | None = None) -> Any:
    """Ask for one address; returns status, headers and text. A client has its own address."""
    here = (
        f"127.0.{1 + client // 250}.{1 + client % 250}" if sys.platform == "linux" else "127.0.0.1"
    )
    there = http.client.HTTPConnection("127.0.0.1", port, timeout=60, source_address=(here, 0))
    try:
        headers = {"Accept": "text/html", "Host": f"127.0.0.1:{port}"}
        if body is None:
            there.request("GET", path, headers=headers)
        else:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            there.request("POST", path, urlencode(body), headers)
        answer = there.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        there.close()


def timed(port: int, kind: str, path: str, client: int = 0) -> Asked:
    """Ask for one page, following where it leads, and say how long that took."""
    began = time.perf_counter()
    try:
        status, headers, _ = ask(port, path, client)
        if status in (302, 303, 307):
            status, headers, _ = ask(port, headers["Location"], client)
    except (OSError, http.client.HTTPException):
        status = 0
    return Asked(kind, time.perf_counter() - began, status)


# --- the portal --------------------------------------------------------------------------------


class Portal:
    """A portal in a process of its own, on a free port."""

    def __init__(self, run: Path, answers: Path | None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        more = ["--answers", str(answers)] if answers else []
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            [*XINYONG, "portal", str(run), "--port", str(self.port), *more],
            stdout=subprocess.DEVNULL,
        )
        while True:
            try:
                ask(self.port, "/en/")
                break
            except OSError:
                if self.process.poll() is not None:
                    raise SystemExit("the portal did not start") from None
                time.sleep(0.05)
        self.ready = time.perf_counter() - self.began

    def memory(self) -> float:
        """Return the memory of the process in megabytes, without those it started."""
        status = Path(f"/proc/{self.process.pid}/status")
        if not status.is_file():
            return 0.0
        found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text("utf-8"))
        return int(found[1]) / 1024 if found else 0.0

    def prepared(self, run: str, most: float = 300.0) -> str:
        """Wait until the run can be looked into; returns a telling subject of it."""
        ends = time.monotonic() + most
        while time.monotonic() < ends:
            _, _, text = ask(self.port, f"/en/society/{run}/subject")
            found = re.search(rf"/en/society/{run}/subject/(SYN-[\w-]+)", text)
            if found:
                return found[1]
            if "Being prepared" not in text:
                break
            time.sleep(1)
        return "SYN-410000-P-0000310-KZ"

    def cancelled_job(self) -> str:
        """Begin a run and cancel it: its page stays."""
        wish = {"scale": "100000", "from": "2013-10", "to": "2013-11", "seed": "1"}
        _, headers, _ = ask(self.port, "/en/run", body=wish)
        where = headers["Location"]
        ask(self.port, f"{where}/cancel", body={})
        return str(where.rpartition("/")[2])


# --- the clients -------------------------------------------------------------------------------


def client(port: int, number: int, ends: float, mix: list[tuple[str, str]]) -> list[Asked]:
    """Ask for pages until the end, and read each."""
    luck = random.Random(number)  # noqa: S311
    found: list[Asked] = []
    time.sleep(luck.uniform(0, PAUSE))
    while True:
        for kind, path in luck.sample(mix, len(mix)):
            if time.time() >= ends:
                return found
            found.append(timed(port, kind, path, number))
            time.sleep(luck.uniform(0.5, 1.5) * PAUSE)


def clients(port: int, numbers: list[int], ends: float, mix: list[tuple[str, str]]) -> list[Asked]:
    """Be several clients at once."""
    with ThreadPoolExecutor(len(numbers)) as pool:
        jobs = [pool.submit(client, port, n, ends, mix) for n in numbers]
        return [x for job in jobs for x in job.result()]


def load(
    portal: Portal, many: int, seconds: float, mix: list[tuple[str, str]]
) -> tuple[list[Asked], dict[str, float]]:
    """Load the portal; returns every request, and its memory at the start, warm and at the end."""
    begins = time.time()
    memory = {"start": portal.memory()}
    processes = min(os.cpu_count() or 1, many)
    groups = [list(range(i, many, processes)) for i in range(processes)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        jobs = pool.starmap_async(
            clients, [(portal.port, group, begins + seconds, mix) for group in groups]
        )
        time.sleep(seconds / 2)
        memory["middle"] = portal.memory()
        found = [x for part in jobs.get(seconds + 120) for x in part]
    memory["end"] = portal.memory()
    return found, memory


# --- what is told ------------------------------------------------------------------------------


def quantile(values: list[float], share: float) -> float:
    """Return the value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def table(asked: list[Asked], title: str) -> list[dict[str, Any]]:
    """Print how long each kind of page took; returns the rows."""
    by_kind: dict[str, list[float]] = defaultdict(list)
    for x in asked:
        by_kind[x.kind].append(x.seconds)
    by_kind["all pages"] = [x.seconds for x in asked]
    print(f"\n{title:<50} {'n':>5} {'p50':>7} {'p95':>7} {'most':>7}  ms")
    rows = []
    for kind, times in sorted(by_kind.items(), key=lambda x: (x[0] == "all pages", x[0])):
        p50, p95, most = statistics.median(times), quantile(times, 0.95), max(times)
        verdict = "kept" if most <= BUDGET else "p95 kept" if p95 <= BUDGET else "MISSED"
        print(
            f"{kind:<50} {len(times):>5} {1000 * p50:>7.0f} {1000 * p95:>7.0f} "
            f"{1000 * most:>7.0f}  {verdict}"
        )
        rows.append({"kind": kind, "n": len(times), "p50": p50, "p95": p95, "most": most})
    return rows


def ended(portal: Portal, paths: list[str]) -> tuple[list[int], int | None, float]:
    """End the portal by SIGTERM while requests are in flight; returns what became of all."""
    found: list[int] = []

    def one(number: int, path: str) -> None:
        found.append(timed(portal.port, "", path, number).status)

    threads = [threading.Thread(target=one, args=(i, path)) for i, path in enumerate(paths)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)  # all have arrived, few have been answered
    portal.process.send_signal(signal.SIGTERM)
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    try:
        code: int | None = portal.process.wait(30)
    except subprocess.TimeoutExpired:
        code = None
        portal.process.kill()
    return found, code, time.perf_counter() - began


def main() -> int:
    """Start, visit, load, end."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("run", type=Path, help="folder of a finished run")
    options.add_argument("--answers", type=Path, help="folder of answered questions")
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--clients", type=int, default=20)
    options.add_argument("--settle", type=float, default=0, help="seconds left alone after start")
    options.add_argument("--json", type=Path, help="write the figures to this file too")
    given = options.parse_args()

    here = machine()
    print(", ".join(f"{k} {v}" for k, v in here.items()))
    portal = Portal(given.run, given.answers)
    try:
        _, _, text = ask(portal.port, "/en/society")
        names = re.findall(r'href="/en/society/([a-z0-9-]+)"', text)
        found = sorted(given.answers.glob("*/answer.json")) if given.answers else []
        where = {
            "run": next(n for n in names if n != "compare"),
            "job": "made",
            "subject": "SYN-410000-P-0000310-KZ",
            "answer": found[0].parent.name if found else "same-act",
        }
        time.sleep(given.settle)
        print(f"portal ready after {portal.ready:.1f} s, {portal.memory():.0f} MB")
        plain = [x for x in pages(where) if "/subject" not in x[1] and "/run/" not in x[1]]
        first = [timed(portal.port, kind, path) for kind, path in plain if path[:3] == "/en"]
        rows = {"first": table(first, "first visits, one after another")}
        where["subject"] = portal.prepared(where["run"])
        where["job"] = portal.cancelled_job()
        mix = pages(where)
        for kind, path in mix:
            timed(portal.port, kind, path)
        asked, memory = load(portal, given.clients, given.seconds, mix)
        loads = f"{os.getloadavg()[0]:.1f}"
        told = f"{given.clients} clients, {given.seconds:.0f} s, load after it {loads}"
        rows["load"] = table(asked, told)
        failed = [x for x in asked if x.status != 200]
        print(f"\n{len(asked) / given.seconds:.1f} pages a second, {len(failed)} failed")
        for x in failed[:10]:
            print(f"  {x.status} {x.kind}")
        print("memory, MB: " + ", ".join(f"{k} {v:.0f}" for k, v in memory.items()))
        grown = memory["end"] - memory["middle"]
        print(
            f"grown by {grown:.0f} MB since the middle: {'kept' if grown <= GROWTH else 'MISSED'}"
        )
        slow = [p for _, p in mix if "/case/changes" in p or "/case/result" in p or "/compare" in p]
        statuses, code, took = ended(portal, (slow * given.clients)[: given.clients])
        finished = code == 0 and set(statuses) == {200}
        print(
            f"SIGTERM with {len(statuses)} requests in hand: {statuses.count(200)} answered, "
            f"exit code {code}, over in {took:.1f} s: {'kept' if finished else 'MISSED'}"
        )
    finally:
        if portal.process.poll() is None:
            portal.process.kill()
    if given.json:
        figures = {
            "machine": here, "rows": rows, "memory": memory, "failed": len(failed),
            "finished": finished,
        }  # fmt: skip
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return int(bool(failed) or grown > GROWTH or not finished)


if __name__ == "__main__":
    sys.exit(main())
