"""The same questions by other clients: PYTHON peers.py openai|litellm PORT LIST WORKERS.

To be run by the Python of an environment that has them. Their import, and a first question, are not
counted.
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


def messages(path: str) -> list:
    picture = b64encode(Path(path).read_bytes()).decode()
    image = {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{picture}"}}
    return [{"role": "user", "content": [image, {"type": "text", "text": QUESTION}]}]


if library == "openai":
    import openai

    client = openai.AsyncOpenAI(api_key="sk-none", base_url=BASE, max_retries=0)

    async def ask(path: str) -> object:
        return await client.chat.completions.create(model="gpt-4o", messages=messages(path))

else:
    import litellm

    async def ask(path: str) -> object:
        return await litellm.acompletion(
            model="openai/gpt-4o", messages=messages(path), api_base=BASE, api_key="sk-none"
        )


async def main(paths: list[str]) -> None:
    await ask(paths[0])
    left = iter(paths)

    async def worker() -> None:
        for path in left:
            await ask(path)

    began, used = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker() for _ in range(int(workers))))
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    sys.stdout.write(f"{seconds} {cpu}\n")


asyncio.run(main(Path(listed).read_text().split()))
