"""Where Azure and Vertex take questions: one case for each way in, as a user would set it up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.dialects.scenarios import SCENARIOS
from visioncli import dialects, providers
from visioncli.auth import headers
from visioncli.config import Settings
from visioncli.core.dialect import HttpRequest
from visioncli.core.target import ModelRef, Target
from visioncli.core.types import Request

AZURE = "https://example.openai.azure.com"
FOUNDRY = "https://example.services.ai.azure.com"
SERVERLESS = "https://phi.eastus2.models.ai.azure.com"
PROJECT = {"GOOGLE_CLOUD_PROJECT": "example-1", "GOOGLE_CLOUD_LOCATION": "europe-west4"}


@dataclass(frozen=True)
class Case:
    """env: what a user has set. scenario: a name of tests.dialects.scenarios."""

    model: str
    env: Mapping[str, str] = field(default_factory=dict)
    scenario: str = "picture"

    @property
    def ref(self) -> ModelRef:
        return providers.parse(self.model)

    @property
    def request(self) -> Request:
        return SCENARIOS[self.scenario]

    def target(self, address: str | None = None) -> Target:
        return providers.resolve(self.ref, Settings(), address=address, env=self.env)

    def build(self, address: str | None = None) -> HttpRequest:
        """With variables where keys would be."""
        target = self.target(address)
        request = dialects.load(target.provider.dialect).build(self.request, target)
        return headers.masked(request, target.provider, self.env)


def azure(model: str, scenario: str = "picture", **env: str) -> Case:
    return Case(f"azure/{model}", {"AZURE_OPENAI_ENDPOINT": AZURE, **env}, scenario)


def azure_ai(model: str, address: str = FOUNDRY, scenario: str = "picture") -> Case:
    return Case(f"azure_ai/{model}", {"AZURE_AI_ENDPOINT": address}, scenario)


def vertex(model: str, scenario: str = "picture", **env: str) -> Case:
    return Case(f"vertex_ai/{model}", {**PROJECT, **env}, scenario)


CASES: Mapping[str, Case] = {
    "azure": azure("my-gpt-4o"),
    "azure_version": azure("my-gpt-4o", "plain", OPENAI_API_VERSION="2025-04-01-preview"),
    "azure_gpt_5": azure("gpt-5-mini", "options"),
    "azure_token": azure("my-gpt-4o", AZURE_OPENAI_AD_TOKEN="x"),
    "azure_v1": azure("my-gpt-4o", AZURE_OPENAI_ENDPOINT=f"{AZURE}/openai/v1/"),
    "azure_v1_gpt_5": azure("gpt-5-mini", "options", AZURE_OPENAI_ENDPOINT=f"{AZURE}/openai/v1"),
    "azure_ai": azure_ai("Llama-4-Scout-17B"),
    "azure_ai_models": azure_ai("Llama-4-Scout-17B", f"{FOUNDRY}/models", "options"),
    "azure_ai_v1": azure_ai("grok-4", f"{FOUNDRY}/openai/v1"),
    "azure_ai_serverless": azure_ai("Phi-4-multimodal", SERVERLESS),
    "azure_ai_claude": azure_ai("claude-sonnet-4-5", scenario="two_pictures"),
    "azure_ai_claude_base": azure_ai("claude-sonnet-4-5", f"{FOUNDRY}/anthropic", "plain"),
    "vertex_gemini": vertex("gemini-2.5-flash"),
    "vertex_gemini_plain": vertex("gemini-2.5-flash", "plain"),
    "vertex_gemini_detail": vertex("gemini-3.1-pro", "detail"),
    "vertex_gemini_address": vertex("gemini-2.5-flash", "address"),
    "vertex_gemini_schema": vertex("gemini-2.5-flash", "schema"),
    "vertex_claude": vertex("claude-sonnet-4-5@20250929", "system"),
    "vertex_claude_plain": vertex("claude-sonnet-4-5@20250929", "plain"),
    "vertex_llama": vertex("meta/llama-4-maverick-17b-128e-instruct-maas"),
    "vertex_mistral": vertex("mistral-small-2503"),
    "vertex_mistral_plain": vertex("mistral-small-2503", "plain"),
    "vertex_mistral_options": vertex("mistral-small-2503", "options"),
    "vertex_express": Case("vertex_ai/gemini-2.5-flash", {"VERTEX_API_KEY": "x"}),
    "vertex_express_google": Case("vertex_ai/gemini-2.5-flash", {"GOOGLE_API_KEY": "x"}, "plain"),
}
