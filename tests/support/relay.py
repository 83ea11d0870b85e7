"""A network between a browser and a gateway that can be cut and mended, TCP and UDP together.

Cut means silence, as in a lift: connections neither break nor deliver. What was on its way when the network went
arrives late, after it has come back, as TCP does it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.lossy import Address, Faults, LossyRelay, anything

_CHUNK_BYTES = 65_536


class Relay:
    def __init__(self, *, tcp: Address, udp: Address) -> None:
        self._target = tcp
        self._media_target = udp
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._media = LossyRelay(Faults(), seed=1)
        self._carriers: set[asyncio.Task[None]] = set()
        self._vain = asyncio.Condition()
        self._vain_count = 0

    @property
    def port(self) -> int:
        """Of the WebSocket and the files."""
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def media_address(self) -> Address:
        return self._media.address

    def cut(self) -> None:
        self._is_open.clear()
        self._media.is_faulty = anything
        self._media.faults = Faults(loss=1.0)

    def mend(self) -> None:
        self._media.faults = Faults()
        self._is_open.set()

    async def tried_in_vain(self, count: int) -> None:
        """Until so many connections were begun while the network was away."""
        async with self._vain:
            await self._vain.wait_for(lambda: self._vain_count >= count)

    async def start(self) -> None:
        await self._media.start(self._media_target)
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def close(self) -> None:
        self._server.close()
        for task in self._carriers:
            task.cancel()
        if self._carriers:
            await asyncio.wait(self._carriers)
        await self._server.wait_closed()
        await self._media.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carriers.add(task)
        if not self._is_open.is_set():
            async with self._vain:
                self._vain_count += 1
                self._vain.notify_all()
        far_writer: asyncio.StreamWriter | None = None
        try:
            await self._is_open.wait()
            far_reader, far_writer = await asyncio.open_connection(*self._target)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry(reader, far_writer))
                both.create_task(self._carry(far_reader, writer))
        except (ConnectionError, ExceptionGroup):
            pass  # one side has gone
        except asyncio.CancelledError:
            pass  # by `close`; asyncio 3.11 reports a connection's task that ends cancelled as an error
        finally:
            self._carriers.discard(task)
            for each in (writer, far_writer):
                if each is not None:
                    each.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK_BYTES):
            await self._is_open.wait()
            writer.write(data)
            await writer.drain()
        raise ConnectionError("closed")


@asynccontextmanager
async def relay(*, tcp: Address, udp: Address) -> AsyncIterator[Relay]:
    it = Relay(tcp=tcp, udp=udp)
    await it.start()
    try:
        yield it
    finally:
        await it.close()


def media_detour(*, gateway_port: int, relay_port: int) -> str:
    """A script for the page: it believes that the gateway's media live at the relay."""
    return f"""(() => {{
        const usual = RTCPeerConnection.prototype.setRemoteDescription;
        RTCPeerConnection.prototype.setRemoteDescription = function (answer) {{
            const sdp = answer.sdp.replaceAll(" {gateway_port} ", " {relay_port} ");
            return usual.call(this, {{ type: answer.type, sdp }});
        }};
    }})()"""
