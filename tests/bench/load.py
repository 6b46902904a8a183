"""A small load client: raw HTTP/1.1 on kept connections, so that it costs less than what it measures."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import uvloop


@dataclass(slots=True)
class Load:
    """What a run came to; latencies in milliseconds."""

    requests: int
    seconds: float
    latencies: list[float]
    failures: int

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def quantile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Connection(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.data = b""
        self.answered: asyncio.Future[bool] | None = None

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, found, body = self.data.partition(b"\r\n\r\n")
        if found and len(body) >= int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]):
            self.data = b""
            if self.answered is not None and not self.answered.done():
                self.answered.set_result(head[9:10] == b"2")

    def connection_lost(self, error: Exception | None) -> None:
        if self.answered is not None and not self.answered.done():
            self.answered.set_result(False)

    async def ask(self, request: bytes) -> bool:
        self.answered = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self.answered


def request_of(body: bytes, key: str, path: str = "/v1/score") -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def send_all(port: int, requests: Sequence[bytes], *, connections: int) -> tuple[list[bool], Load]:
    """Send each request once, as fast as it goes; which of them were taken (a 2xx came back), and how it went."""
    return uvloop.run(_send_all(port, requests, connections))


async def _send_all(port: int, requests: Sequence[bytes], connections: int) -> tuple[list[bool], Load]:
    loop = asyncio.get_running_loop()
    taken = [False] * len(requests)
    load = Load(requests=0, seconds=0.0, latencies=[], failures=0)
    waiting = iter(range(len(requests)))
    began = time.perf_counter()

    async def caller() -> None:
        try:
            _, client = await loop.create_connection(_Connection, "127.0.0.1", port)
        except OSError:
            return
        for at in waiting:
            if client.transport.is_closing():
                return  # the server is gone
            sent = time.perf_counter()
            taken[at] = await client.ask(requests[at])
            load.latencies.append((time.perf_counter() - sent) * 1000)
            load.requests += 1
            load.failures += not taken[at]
        client.transport.close()

    await asyncio.gather(*[caller() for _ in range(connections)])
    load.seconds = time.perf_counter() - began
    return taken, load


def run(port: int, make: Callable[[], bytes], *, seconds: float, connections: int, rate: float = 0) -> Load:
    """Ask for so long; at a rate (requests a second over all connections) or as fast as it goes."""
    return uvloop.run(_run(port, make, seconds, connections, rate))


async def _run(port: int, make: Callable[[], bytes], seconds: float, connections: int, rate: float) -> Load:
    loop = asyncio.get_running_loop()
    load = Load(requests=0, seconds=seconds, latencies=[], failures=0)
    began = time.perf_counter()
    until = began + seconds

    async def caller(number: int) -> None:
        _, client = await loop.create_connection(_Connection, "127.0.0.1", port)
        due = began + number / rate if rate else 0.0
        while time.perf_counter() < until:
            request = make()
            if rate:
                # Late requests count from when they were due: a stall must not hide its own queue.
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            if client.transport.is_closing():  # it lay idle for too long
                _, client = await loop.create_connection(_Connection, "127.0.0.1", port)
            sent = due if rate else time.perf_counter()
            good = await client.ask(request)
            load.latencies.append((time.perf_counter() - sent) * 1000)
            load.requests += 1
            load.failures += not good
            due += connections / rate if rate else 0.0
        client.transport.close()

    await asyncio.gather(*[caller(number) for number in range(connections)])
    load.seconds = time.perf_counter() - began
    return load
