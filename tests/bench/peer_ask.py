"""One question by another client: PYTHON peer_ask.py LIBRARY PORT PICTURE stream|whole.

To be run by the Python of an environment that has it; whatever it imports is measured.
"""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from pathlib import Path

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it fetches a list first
library, port, picture, how = sys.argv[1:]
STREAM = how == "stream"
KEY, QUESTION = "sk-none", "q"
data = b64encode(Path(picture).read_bytes()).decode()


def show(piece: str | None) -> None:
    sys.stdout.write(piece or "")
    sys.stdout.flush()


def openai_messages() -> list:
    image = {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}}
    return [{"role": "user", "content": [image, {"type": "text", "text": QUESTION}]}]


def shown(answer) -> None:
    if STREAM:
        for chunk in answer:
            show(chunk.choices[0].delta.content if chunk.choices else "")
    else:
        show(answer.choices[0].message.content)


if library == "anthropic":
    import anthropic

    client = anthropic.Anthropic(api_key=KEY, base_url=f"http://127.0.0.1:{port}", max_retries=0)
    source = {"type": "base64", "media_type": "image/jpeg", "data": data}
    image = {"type": "image", "source": source}
    content = [image, {"type": "text", "text": QUESTION}]
    request = {"model": "claude-sonnet-4-6", "max_tokens": 100}
    request["messages"] = [{"role": "user", "content": content}]
    if STREAM:
        with client.messages.stream(**request) as stream:
            for text in stream.text_stream:
                show(text)
    else:
        show(client.messages.create(**request).content[0].text)
elif library == "openai":
    import openai

    asking = openai.OpenAI(api_key=KEY, base_url=f"http://127.0.0.1:{port}/v1", max_retries=0)
    completions = asking.chat.completions
    shown(completions.create(model="gpt-4o", messages=openai_messages(), stream=STREAM))
else:
    import litellm

    base = f"http://127.0.0.1:{port}/v1"
    more = {"api_base": base, "api_key": KEY, "stream": STREAM}
    shown(litellm.completion(model="openai/gpt-4o", messages=openai_messages(), **more))
