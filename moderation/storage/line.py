"""One line to Redis, shared by every request of a process.

Commands of all requests go down one connection and their replies come back in order, so that what
several requests ask for at once leaves in one packet. On the scoring path this costs a fifth of a pooled
client: no connection is taken and given back, and there is one system call for many commands.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from hashlib import sha1
from time import monotonic
from typing import Any, Final, cast

import hiredis
from redis.connection import parse_url
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

SECONDS_TO_ANSWER = 2.0
"""A call gives up after this; the verdict then says ``degraded``."""
SECONDS_BETWEEN_TRIES = 0.5
"""After a connection failed, calls fail at once for so long."""

Part = bytes | str | int | float
_LARGE = 8_192
"""Bytes of commands that leave at once: Redis works on them while this process goes on with its turn."""
_DROPPED = "Redis closed the connection."
_NOT_YET: Final = object()


class Script:
    """A Lua script; Redis keeps it by its hash."""

    def __init__(self, source: str) -> None:
        self.source: Final = source
        self.sha: Final = sha1(source.encode(), usedforsecurity=False).hexdigest()


class Line:
    """Commands to one Redis; connects at first use, and again after it was lost.

    Every call raises RedisConnectionError, RedisTimeoutError or ResponseError (``redis.AWAY``).
    For use in one event loop.
    """

    def __init__(self, url: str) -> None:
        """Raises ValueError where the URL cannot be used."""
        self._options: dict[str, Any] = dict(parse_url(url))  # type: ignore[no-untyped-call]
        self._wire: _Wire | None = None
        self._connecting = asyncio.Lock()
        self._failed: tuple[float, Exception] | None = None

    async def call(self, *parts: Part) -> Any:
        """Run one command; bulk strings come back as bytes."""
        wire = self._wire
        if wire is None or wire.closed:
            wire = await self._connect()
        try:
            return await wire.ask(parts)
        except RedisConnectionError:
            # It was lost while it lay idle, or Redis was started anew: once more, on a new one.
            wire = await self._connect()
            return await wire.ask(parts)

    async def run(self, script: Script, keys: Sequence[Part], args: Sequence[Part]) -> Any:
        """Run a script."""
        try:
            return await self.call("EVALSHA", script.sha, len(keys), *keys, *args)
        except ResponseError as error:
            if not str(error).startswith("NOSCRIPT"):
                raise
            return await self.call("EVAL", script.source, len(keys), *keys, *args)

    async def aclose(self) -> None:
        """Hang up."""
        if self._wire is not None:
            self._wire.close(RedisConnectionError("The line was closed."))
            self._wire = None

    async def _connect(self) -> "_Wire":
        async with self._connecting:
            if self._wire is not None and not self._wire.closed:
                return self._wire
            if self._failed is not None and monotonic() - self._failed[0] < SECONDS_BETWEEN_TRIES:
                raise RedisConnectionError(f"Redis was away a moment ago: {self._failed[1]}")
            try:
                async with asyncio.timeout(SECONDS_TO_ANSWER):
                    self._wire = await self._open()
            except (OSError, TimeoutError, RedisConnectionError, ResponseError) as error:
                self._failed = (monotonic(), error)
                why = str(error) or "no answer"
                raise RedisConnectionError(f"Cannot connect to Redis: {why}.") from error
            self._failed = None
            return self._wire

    async def _open(self) -> "_Wire":
        given, loop = self._options, asyncio.get_running_loop()
        if "path" in given:
            _, wire = await loop.create_unix_connection(_Wire, given["path"])
        else:
            _, wire = await loop.create_connection(
                _Wire, given.get("host", "localhost"), given.get("port", 6379), ssl=_tls(given)
            )
        if given.get("password") is not None:
            user = (given["username"],) if given.get("username") else ()
            await wire.ask(("AUTH", *user, given["password"]))
        if given.get("db"):
            await wire.ask(("SELECT", given["db"]))
        return wire


class _Wire(asyncio.Protocol):
    """One connection: commands out, replies in the same order."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[asyncio.Future[Any], float]] = deque()
        self._out: list[bytes] = []
        self._size = 0
        self._reader = hiredis.Reader(
            protocolError=RedisConnectionError, replyError=ResponseError, notEnoughData=_NOT_YET
        )
        self._watching = False
        self._transport: asyncio.Transport | None = None
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(
            high=0
        )  # uvloop writes at once then, not at the end of the turn

    def ask(self, parts: Sequence[Part]) -> asyncio.Future[Any]:
        """Send a command at the end of this turn of the loop, a large one now; its reply."""
        reply: asyncio.Future[Any] = self._loop.create_future()
        if self.closed:
            reply.set_exception(RedisConnectionError(_DROPPED))
            return reply
        if not self._out:
            self._loop.call_soon(self._flush)
        command = _packed(parts)
        self._out.append(command)
        self._size += len(command)
        self._waiting.append((reply, self._loop.time()))
        if self._size > _LARGE:
            self._flush()
        if not self._watching:
            self._watching = True
            self._loop.call_later(SECONDS_TO_ANSWER, self._watch)
        return reply

    def _flush(self) -> None:
        if self._out and self._transport is not None and not self.closed:
            self._transport.write(b"".join(self._out))
        self._out.clear()
        self._size = 0

    def _watch(self) -> None:
        """Hang up when the oldest command waits for too long."""
        self._watching = False
        if self.closed or not self._waiting:
            return
        left = self._waiting[0][1] + SECONDS_TO_ANSWER - self._loop.time()
        if left <= 0:
            self.close(RedisTimeoutError(f"Redis did not answer within {SECONDS_TO_ANSWER:g} s."))
        else:
            self._watching = True
            self._loop.call_later(left, self._watch)

    def data_received(self, data: bytes) -> None:
        reader = self._reader
        reader.feed(data)
        while self._waiting:
            try:
                value = reader.gets()
            except RedisConnectionError as error:  # not what Redis says
                self.close(error)
                return
            if value is _NOT_YET:
                return
            reply, _ = self._waiting.popleft()
            if reply.done():
                continue  # nobody waits for it any more
            if isinstance(value, ResponseError):
                reply.set_exception(value)
            else:
                reply.set_result(value)

    def connection_lost(self, error: Exception | None) -> None:
        self.close(RedisConnectionError(str(error) if error else _DROPPED))

    def close(self, error: Exception) -> None:
        """Hang up; whoever still waits gets the error."""
        if self.closed:
            return
        self.closed = True
        if self._transport is not None:
            self._transport.abort()
        while self._waiting:
            reply, _ = self._waiting.popleft()
            if not reply.done():
                reply.set_exception(error)


def _packed(parts: Sequence[Part]) -> bytes:
    """A command as RESP writes it."""
    pack = cast("Callable[[tuple[Part, ...]], bytes]", hiredis.pack_command)
    try:
        return pack(tuple(parts))
    except UnicodeEncodeError:  # half a surrogate pair in an id is part of a name like any other
        return pack(
            tuple(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts)
        )


def _tls(given: dict[str, Any]) -> ssl.SSLContext | None:
    """What rediss:// asks for, with the options redis-py knows in the address."""
    if "connection_class" not in given:
        return None
    context = ssl.create_default_context(cafile=given.get("ssl_ca_certs"))
    if given.get("ssl_cert_reqs") == "none":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
