"""LoopTurns: the loop looks at its sockets between two pieces of long work."""

import asyncio
import socket

import pytest
import uvloop

from moderation.scoring.loop_turns import LoopTurns


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_what_the_first_of_many_sends_is_seen_before_the_last_has_its_turn(run):
    order = []

    async def main():
        turns, (near, far) = LoopTurns(), socket.socketpair()
        far.setblocking(False)
        asyncio.get_running_loop().add_reader(far, lambda: order.append(far.recv(9).decode()))

        async def work(number):
            async with turns:
                order.append(number)
                near.send(f"from {number}".encode())

        await asyncio.gather(*[work(number) for number in range(3)])
        asyncio.get_running_loop().remove_reader(far)
        near.close()
        far.close()

    run(main())

    assert order[:5] == [0, "from 0", 1, "from 1", 2]


def test_who_fails_or_gives_up_does_not_keep_the_turn():
    async def main():
        turns = LoopTurns()

        async def fail():
            async with turns:
                raise ValueError

        async def work():
            async with turns:
                return "done"

        failing, waiting = asyncio.create_task(fail()), asyncio.create_task(work())
        gone = asyncio.create_task(work())
        await asyncio.sleep(0)
        gone.cancel()
        return await asyncio.gather(failing, waiting, gone, work(), return_exceptions=True)

    failed, *others = asyncio.run(main())

    assert isinstance(failed, ValueError)
    assert others[0] == others[2] == "done"
