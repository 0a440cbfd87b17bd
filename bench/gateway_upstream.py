"""A model's vendor that costs as little as can be: raw ASGI, answers made beforehand.

The path says how it behaves: `/d50/v1/...` waits 50 ms, `/d50/s50x10/v1/...` streams 50 chunks,
10 ms apart. Run as a program it serves on the port that is given.
"""

import asyncio
import json
import sys
from typing import Any

ANSWER = json.dumps(
    {
        "id": "chatcmpl-bench",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "bench",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "Hello from the double. " * 4},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 12, "completion_tokens": 24, "total_tokens": 36},
    }
).encode()
JSON = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]
EVENTS = [(b"content-type", b"text/event-stream; charset=utf-8")]


def chunk(finish: str | None = None, **delta: str) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    told = {
        "id": "chatcmpl-bench",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "bench",
        "choices": [choice],
    }
    return b"data: " + json.dumps(told).encode() + b"\n\n"


WORDS = [chunk(content=f" word{place}") for place in range(1000)]
END = chunk("stop") + b"data: [DONE]\n\n"


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    delay_s, chunks, gap_s = _told(scope["path"])
    if delay_s:
        await asyncio.sleep(delay_s)
    if b'"stream":true' not in body and b'"stream": true' not in body:
        await send({"type": "http.response.start", "status": 200, "headers": JSON})
        await send({"type": "http.response.body", "body": ANSWER})
        return
    await send({"type": "http.response.start", "status": 200, "headers": EVENTS})
    for place in range(chunks):
        if gap_s and place:
            await asyncio.sleep(gap_s)
        await send({"type": "http.response.body", "body": WORDS[place], "more_body": True})
    await send({"type": "http.response.body", "body": END})


def _told(path: str) -> tuple[float, int, float]:
    delay_s, chunks, gap_s = 0.0, 50, 0.0
    for part in path.split("/"):
        if part[:1] == "d" and part[1:].isdigit():
            delay_s = int(part[1:]) / 1000
        elif part[:1] == "s" and "x" in part:
            count, _, gap = part[1:].partition("x")
            chunks, gap_s = int(count), int(gap) / 1000
    return delay_s, chunks, gap_s


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        lifespan="off",
        access_log=False,
        log_config=None,
        timeout_keep_alive=120,
    )
