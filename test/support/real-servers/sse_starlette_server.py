"""sse-starlette on uvicorn: a generator for each client, the last events kept for those that return.

python3 sse_starlette_server.py EVENTS_PER_SECOND BYTES [SEND_TIMEOUT_S]
"""

import asyncio
import collections
import contextlib
import json
import socket
import sys
import time

import uvicorn
from sse_starlette import EventSourceResponse
from starlette.applications import Starlette
from starlette.routing import Route

HEARTBEAT_S = 2
RATE = float(sys.argv[1])
PAD = "x" * int(sys.argv[2])
SEND_TIMEOUT_S = float(sys.argv[3]) if len(sys.argv) > 3 else None

kept = collections.deque(maxlen=1000)
came = asyncio.Condition()


async def publish():
    start, seq = time.time(), 0
    while True:
        seq += 1
        due = start + seq / RATE
        await asyncio.sleep(max(0, due - time.time()))
        async with came:
            kept.append({"seq": seq, "scheduled": due * 1000, "sent": time.time() * 1000, "pad": PAD})
            came.notify_all()


async def follow(last_event_id):
    resumed = last_event_id is not None and last_event_id.isdigit()
    seq = int(last_event_id) if resumed else (kept[-1]["seq"] if kept else 0)
    while True:
        async with came:
            await came.wait_for(lambda: kept and kept[-1]["seq"] > seq)
            events = [event for event in kept if event["seq"] > seq]
        for event in events:
            seq = event["seq"]
            yield {"id": str(seq), "event": "update", "data": json.dumps(event)}


async def events(request):
    stream = follow(request.headers.get("last-event-id"))
    return EventSourceResponse(stream, ping=HEARTBEAT_S, send_timeout=SEND_TIMEOUT_S)


@contextlib.asynccontextmanager
async def lifespan(_app):
    publisher = asyncio.create_task(publish())
    yield
    publisher.cancel()


app = Starlette(routes=[Route("/events", events)], lifespan=lifespan)

if __name__ == "__main__":
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    # Who comes before uvicorn accepts waits, and is not refused.
    listener.listen(1024)
    print(f"listening on http://127.0.0.1:{listener.getsockname()[1]}/events", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
