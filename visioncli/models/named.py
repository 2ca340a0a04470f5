"""What the user's configuration calls by a name, or speaks of: aliases, the default, [models]."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from visioncli import choice, providers
from visioncli.catalogue import index
from visioncli.catalogue.rule import VISION
from visioncli.choice import EYES
from visioncli.config import Settings
from visioncli.core.errors import VisionError
from visioncli.core.target import ModelRef


class Named:
    """aliases: model -> its aliases; known: all of these. default: what answers where none is
    named, where that is one. models: those that have a name here, and are shown though no source
    lists them. stated: those of which something is said. bases: model -> what stands behind it,
    once `rows` has been read. troubles: what is wrong with all this, a line each.
    """

    def __init__(self, settings: Settings, env: Mapping[str, str]) -> None:
        self._settings = settings
        self.troubles: list[str] = []
        self.aliases: dict[str, tuple[str, ...]] = {}
        for alias, model in settings.aliases.items():
            try:
                own = _filed(choice.resolve(model, settings))
            except VisionError as error:
                self.troubles.append(f"alias {alias}: {error.message}")
                continue
            self.aliases[own] = (*self.aliases.get(own, ()), alias)
        self.known = {alias for own in self.aliases.values() for alias in own}
        self.default: str | None = None
        try:
            self.default = _filed(choice.choose((), settings, env)[0].ref)
        except VisionError as error:
            if env.get("VISION_MODEL") or settings.default_model:
                self.troubles.append(f"the default model: {error.message}")
            # else keys of several providers are set, and none of them is the default
        self.stated = {
            _filed(providers.parse(model)) for model in settings.models if all(model.partition("/"))
        }
        self.models = {*self.aliases, *_defaults(settings)}
        if self.default and settings.default_model and not env.get("VISION_MODEL"):
            self.models.add(self.default)  # what the environment chooses adds nothing to the list
        self.bases: dict[str, str] = {}

    def rows(self) -> Iterator[index.Row]:
        """Of models that it names or speaks of, unless they are as the catalogue has them."""
        for model in sorted({*self.models, *self.stated}):
            ref = ModelRef(*model.split("/", 1))
            row = index.find(model)
            listed = row is not None and row[0] == model
            if listed and model not in self.stated:
                continue
            try:
                said = choice.verdict(ref, self._settings)
                base = choice.known_as(ref, self._settings)
            except VisionError as error:  # its base_model is nobody's
                self.troubles.append(f"the model {model}: {error.message}")
                continue
            if base != ref:
                self.bases[model] = _filed(base)
            retires, gone = row[4:6] if row and listed else ("", said.retired or "")
            letter = next(k for k, vision in VISION.items() if vision is said.vision)
            yield model, letter, said.source or "", said.as_of or "", retires, gone, said.why


def _defaults(settings: Settings) -> Iterator[str]:
    """The default models of the configuration's own providers."""
    for name in settings.providers:
        row = providers.provider(name.lower().replace("-", "_"), settings)
        if row.default_model:
            yield f"{row.name}/{row.default_model}"


def _filed(ref: ModelRef) -> str:
    """The id under which the list has it."""
    if ref == EYES:
        return str(ref)
    model = f"{providers.owner(ref.provider) or ref.provider}/{ref.model}"
    row = index.find(model)
    return row[0] if row else model
