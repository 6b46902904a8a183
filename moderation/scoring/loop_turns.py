"""Loop turns: long work on the event loop, one piece each time round.

Of tasks that become ready at the same moment each would run at once, and what the first one had to send (its command to Redis, its
answer) would leave when the last one is through. With turns the loop looks at its sockets after each of them.
"""

import asyncio


class LoopTurns:
    """``async with turns:`` around work that takes many milliseconds; first come, first served."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> None:
        await self._lock.acquire()

    async def __aexit__(self, *_: object) -> None:
        # Not now: whoever is ready already would go on in this same round of the loop.
        asyncio.get_running_loop().call_soon(self._lock.release)
