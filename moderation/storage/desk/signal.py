"""A signal between processes that something happened at the desk. A hint: the store is the truth.

Whoever waits is woken by it, or looks again after a while by itself; so nothing is lost where Redis is away.
"""

import asyncio
from contextlib import suppress

import structlog
from redis.asyncio import Redis as AsyncRedis

from moderation.storage.redis import AWAY, connect

log = structlog.get_logger(__name__)

CHANNEL = "ibasho:desk"
_TRY_AGAIN_SECONDS = 2.0


class DeskSignal:
    """The signal of one process: ``hint`` sends it to all, ``wait`` waits for it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._sender = connect(url)
        self._woken = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None

    def hint(self) -> None:
        """Say that something happened. Redis being away is nobody's trouble."""
        with suppress(*AWAY):
            self._sender.publish(CHANNEL, b"1")

    async def wait(self, seconds: float) -> None:
        """Until somebody hints, at most so long."""
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)

    async def close(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
        self._sender.close()

    async def _listen(self) -> None:
        while True:
            try:
                async with AsyncRedis.from_url(self._url) as redis, redis.pubsub() as pubsub:
                    await pubsub.subscribe(CHANNEL)
                    async for message in pubsub.listen():
                        if message["type"] == "message":
                            self._wake()
            except AWAY as error:
                log.info("redis.away", step="desk_signal", why=str(error))
            await asyncio.sleep(_TRY_AGAIN_SECONDS)

    def _wake(self) -> None:
        """Wake everybody who waits now; who comes later waits for the next."""
        self._woken.set()
        self._woken = asyncio.Event()
