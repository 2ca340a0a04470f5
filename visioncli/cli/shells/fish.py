"""fish 3 and 4."""

from __future__ import annotations

from collections.abc import Sequence

from . import IMAGE_TYPES, Command, Value, filled

FISH = r"""# fish completion for vision, made by `vision completions fish`.
# vision completions fish > ~/.config/fish/completions/vision.fish

function __vision_ids
    set -q __vision_ids_seen[1]
    or set -g __vision_ids_seen (command vision models --ids 2>/dev/null)
    set -q __vision_ids_seen[1]
    and printf '%s\n' $__vision_ids_seen
end

function __vision_providers
    __vision_ids | string replace -r '/.*' '' | sort -u
end

function __vision_types
    set -l image (commandline -ct | string match -r '.*=')
    for type in @TYPES@
        echo "$image$type"
    end
end

function __vision_at --description 'Whether the words so far name this command'
    set -l path
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word
        and continue
        contains -- "$path $word" @COMMANDS@
        or break
        set path "$path $word"
    end
    test "$path" = "$argv"
end

complete -c vision -f
@LINES@
"""
FISH_VALUES = {
    "none": "-x",
    "models": "-x -a '(__vision_ids)'",
    "providers": "-x -a '(__vision_providers)'",
    "files": "-r -F",
    "dirs": "-x -a '(__fish_complete_directories)'",
    "types": "-x -a '(__vision_types)'",
}


def script(commands: Sequence[Command]) -> str:
    lines = []
    for command in commands:
        path = command.path.removeprefix("vision")
        start = f"complete -c vision -n {_fish_quoted(f'__vision_at {_fish_quoted(path)}')}"
        for name, text in command.commands:
            lines.append(f"{start} -a {name} -d {_fish_quoted(text)}")
        for option in command.options:
            names = " ".join(
                f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
                for name in option.names
            )
            value = f" {_fish_value(option.value)}" if option.value else ""
            lines.append(f"{start} {names}{value} -d {_fish_quoted(option.help)}")
        for argument in command.arguments[:1]:  # fish does not count arguments
            if argument.kind == "files":
                lines.append(f"{start} -F")
            elif argument.kind != "none":
                lines.append(f"{start} {_fish_value(argument).removeprefix('-x ')}")
    return filled(
        FISH,
        TYPES=" ".join(IMAGE_TYPES),
        COMMANDS=" ".join(f"'{c.path.removeprefix('vision')}'" for c in commands[1:]),
        LINES="\n".join(lines),
    )


def _fish_value(value: Value) -> str:
    return f"-x -a '{' '.join(value.words)}'" if value.kind == "words" else FISH_VALUES[value.kind]


def _fish_quoted(text: str) -> str:
    return "'" + text.replace("\\", r"\\").replace("'", r"\'") + "'"
