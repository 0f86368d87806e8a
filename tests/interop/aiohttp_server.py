"""aiohttp-sse, on aiohttp."""

import asyncio
import socket

from aiohttp import web
from aiohttp_sse import sse_response

from scenario import RETRY, answer

PING_INTERVAL = 0.005


async def stream(request):
    status, events, headers = answer(request.headers.get("Last-Event-ID", ""))
    if status != 200:
        return web.Response(status=status)

    async with sse_response(request, headers=headers, ping_interval=PING_INTERVAL) as response:
        for event in events:
            await response.send(**event, retry=RETRY)
            # Some of its pings come between.
            await asyncio.sleep(4 * PING_INTERVAL)
    return response


app = web.Application()
app.router.add_get("/stream", stream)
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
print(f"aiohttp-sse http://127.0.0.1:{listener.getsockname()[1]}/stream", flush=True)
web.run_app(app, sock=listener, print=None)
