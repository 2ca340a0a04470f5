"""How the installed program reaches each wire of a mock: model, address, keys."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.program import KEY

RESPONSES = Path(__file__).parents[1] / "llama" / "config.toml"  # a private row for that wire


@dataclass(frozen=True)
class Way:
    """base: what comes behind the mock's own address."""

    dialect: str
    model: str
    base: str = ""

    @property
    def provider(self) -> str:
        return self.model.partition("/")[0]

    def __str__(self) -> str:
        return self.model.partition(":")[0]


CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
AIMOCK = (
    Way("openai_chat", "openai/gpt-4o", "/v1"),
    Way("openai_chat", "azure/gpt-4o"),
    Way("openai_chat", "openrouter/openai/gpt-4o", "/api/v1"),
    Way("openai_responses", "responses/tiny", "/v1"),
    Way("anthropic", "anthropic/claude-sonnet-4-6"),
    Way("gemini", "gemini/gemini-2.5-flash"),
    Way("gemini", "vertex_ai/gemini-2.5-flash"),
    Way("bedrock_converse", "bedrock/us.amazon.nova-lite-v1:0"),
    Way("bedrock_invoke", f"bedrock/invoke/{CLAUDE}"),
    Way("ollama", "ollama/llava"),
    Way("cohere", "cohere/command-a-vision-07-2025"),
)
LLMOCK = (
    Way("openai_chat", "openai/gpt-4o", "/v1"),
    Way("openai_chat", "mistral/pixtral-large-2411", "/mistral/v1"),
    Way("openai_chat", "groq/qwen/qwen3.8-27b", "/groq/openai/v1"),
    Way("openai_chat", "together_ai/moonshotai/Kimi-K2.5", "/together/v1"),
    Way("openai_chat", "perplexity/sonar-pro", "/perplexity/v1"),
    Way("openai_chat", "xai/grok-4.3", "/xai/v1"),
    Way("openai_responses", "responses/tiny", "/v1"),
    Way("anthropic", "anthropic/claude-sonnet-4-6", "/anthropic"),
    Way("gemini", "gemini/gemini-2.5-flash", "/gemini"),
    Way("cohere", "cohere/command-a-vision-07-2025", "/cohere"),
)
UNSPOKEN = {"watsonx"}  # by either of them
ENV = {
    "VISION_CONFIG": str(RESPONSES),
    "OPENAI_API_KEY": KEY,
    "AZURE_OPENAI_API_KEY": KEY,
    "OPENROUTER_API_KEY": KEY,
    "ANTHROPIC_API_KEY": KEY,
    "GEMINI_API_KEY": KEY,
    "GOOGLE_ACCESS_TOKEN": KEY,
    "GOOGLE_CLOUD_PROJECT": "p",
    "AWS_BEARER_TOKEN_BEDROCK": KEY,
    "AWS_REGION": "us-east-1",
    "CO_API_KEY": KEY,
    "MISTRAL_API_KEY": KEY,
    "GROQ_API_KEY": KEY,
    "TOGETHER_API_KEY": KEY,
    "TOGETHERAI_API_KEY": KEY,
    "PERPLEXITY_API_KEY": KEY,
    "PERPLEXITYAI_API_KEY": KEY,
    "XAI_API_KEY": KEY,
}
