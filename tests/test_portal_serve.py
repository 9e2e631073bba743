"""The portal as a process: told to end, it finishes what it has in hand."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATIENCE = 120.0


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def connected(port: int, process: subprocess.Popen[bytes]) -> socket.socket:
    """Return a connection to the portal as soon as it serves."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the portal does not serve")


def refused(port: int) -> None:
    """Wait until no new connection is taken."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            return
        time.sleep(0.05)
    raise AssertionError("the portal goes on")


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGTERM there")
def test_told_to_end_it_answers_a_slow_request_and_no_new_one(tmp_path: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "xinyong", "portal", "--port", str(port)], cwd=tmp_path,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        body = b"scale=20000&from=2013-10&to=2013-12&seed=1&change=nonsense"
        head = (
            f"POST /en/run HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with connected(port, process) as slow:
            slow.sendall(head.encode() + body[:20])
            with connected(port, process) as other:  # the slow one has arrived before it
                other.sendall(f"GET /en/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
                assert other.recv(20).startswith(b"HTTP/1.1 200")
            process.send_signal(signal.SIGTERM)
            refused(port)
            assert process.poll() is None, "it did not wait for the slow request"
            slow.sendall(body[20:])
            answer = b"".join(iter(lambda: slow.recv(65536), b""))
        assert answer.startswith(b"HTTP/1.1 422")
        assert answer.rstrip().endswith(b"</html>")
        assert process.wait(PATIENCE) == 0
        assert process.stderr is not None
        assert process.stderr.read() == b""
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
