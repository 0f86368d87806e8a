"""sse-starlette, on uvicorn."""

import socket

import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from scenario import RETRY, answer


async def stream(request):
    # Starlette takes header values for Latin-1.
    behind = request.headers.get("Last-Event-ID", "").encode("latin-1").decode()
    status, events, headers = answer(behind)
    if status != 200:
        return Response(status_code=status)

    async def sent():
        yield ServerSentEvent(retry=RETRY)
        for event in events:
            yield ServerSentEvent(comment="heartbeat")
            yield event

    return EventSourceResponse(sent(), headers=headers)


listener = socket.socket()
listener.bind(("127.0.0.1", 0))
print(f"sse-starlette http://127.0.0.1:{listener.getsockname()[1]}/stream", flush=True)
app = Starlette(routes=[Route("/stream", stream)])
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
