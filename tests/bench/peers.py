"""The same questions by other clients: PYTHON peers.py openai|litellm PORT LIST|"" WORKERS.

To be run by the Python of an environment that has them. Their import, and a first question, are not
counted. Without a list one question without a picture is asked, and its answer streamed.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from base64 import b64encode
from pathlib import Path

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
library, port, listed, workers = sys.argv[1:5]
BASE = f"http://127.0.0.1:{port}/v1"
QUESTION = "What is this?"
PLAIN = [{"role": "user", "content": QUESTION}]


def messages(path: str) -> list:
    picture = b64encode(Path(path).read_bytes()).decode()
    image = {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{picture}"}}
    return [{"role": "user", "content": [image, {"type": "text", "text": QUESTION}]}]


if library == "openai":
    import openai

    client = openai.AsyncOpenAI(api_key="sk-none", base_url=BASE, max_retries=0)

    async def ask(said: list, *, stream: bool = False) -> object:
        create = client.chat.completions.create
        return await create(model="gpt-4o", messages=said, stream=stream)

else:
    import litellm

    async def ask(said: list, *, stream: bool = False) -> object:
        more = {"api_base": BASE, "api_key": "sk-none", "stream": stream}
        return await litellm.acompletion(model="openai/gpt-4o", messages=said, **more)


async def streamed() -> int:
    """How many pieces of text came."""
    count = 0
    async for chunk in await ask(PLAIN, stream=True):
        count += bool(chunk.choices and chunk.choices[0].delta.content)
    return count


async def batch(paths: list[str]) -> None:
    left = iter(paths)

    async def worker() -> None:
        for path in left:
            await ask(messages(path))

    await asyncio.gather(*(worker() for _ in range(int(workers))))


async def main(paths: list[str]) -> None:
    await (batch(paths[:1]) if paths else streamed())
    began, used = time.perf_counter(), time.process_time()
    await (batch(paths) if paths else streamed())
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    sys.stdout.write(f"{seconds} {cpu}\n")


asyncio.run(main(Path(listed).read_text().split() if listed else []))
