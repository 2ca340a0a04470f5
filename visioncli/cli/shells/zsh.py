"""zsh 5, for its own completion system (compinit)."""

from __future__ import annotations

from collections.abc import Sequence

from . import IMAGE_TYPES, Command, Option, Value, filled

ZSH = r"""#compdef vision
# zsh completion for vision, made by `vision completions zsh`: a file _vision in a folder of $fpath,
# or, after compinit in ~/.zshrc: source <(vision completions zsh)

_vision_load() {
    (( ${#_vision_seen} )) ||
        typeset -ga _vision_seen=(${(f)"$(command vision models --ids 2>/dev/null)"})
}

_vision_ids() {
    _vision_load
    compadd "$@" -a _vision_seen
}

_vision_providers() {
    _vision_load
    local -aU providers=("${_vision_seen[@]%%/*}")
    compadd "$@" -a providers
}

_vision_types() {
    compset -P '*='
    compadd "$@" -- @TYPES@
}

@FUNCTIONS@

if [[ $funcstack[1] == _vision ]]; then
    _vision "$@"
else
    compdef _vision vision
fi
"""
ZSH_GROUP = r"""@NAME@() {
    local curcontext=$curcontext context state state_descr line ret=1
    typeset -A opt_args
    _arguments -C -s -S \
@SPECS@ \
        '1: :->command' \
        '*:: :->rest' && ret=0
    case $state in
        command)
            local -a commands=(
@COMMANDS@
            )
            _describe -t commands command commands && ret=0
            ;;
        rest)
            local below=@NAME@_${line[1]//-/_}
            (( $+functions[$below] )) && $below && ret=0
            ;;
    esac
    return ret
}
"""
ZSH_LEAF = r"""@NAME@() {
    _arguments -s -S \
@SPECS@
}
"""
ZSH_ACTIONS = {
    "none": " ",
    "models": "_vision_ids",
    "providers": "_vision_providers",
    "files": "_files",
    "dirs": "_files -/",
    "types": "_vision_types",
}


def script(commands: Sequence[Command]) -> str:
    functions = []
    for command in reversed(commands):
        specs = [_zsh_option(option) for option in command.options]
        for place, value in enumerate(command.arguments, 1):
            which = "*" if command.many and place == len(command.arguments) else f"{place}"
            specs.append(_quoted(f"{which}:{_zsh_text(value.name)}:{_zsh_action(value)}"))
        functions.append(
            filled(
                ZSH_GROUP if command.commands else ZSH_LEAF,
                NAME="_" + command.path.replace(" ", "_").replace("-", "_"),
                SPECS=" \\\n".join(f"        {spec}" for spec in specs),
                COMMANDS="\n".join(
                    f"                {_quoted(f'{name}:{text}')}"
                    for name, text in command.commands
                ),
            )
        )
    return filled(ZSH, TYPES=" ".join(IMAGE_TYPES), FUNCTIONS="\n".join(functions).rstrip())


def _zsh_option(option: Option) -> str:
    once = "*" if option.again else f"({' '.join(option.names)})"
    tail = f"[{_zsh_text(option.help)}]"
    if option.value:
        tail += f":{_zsh_text(option.value.name)}:{_zsh_action(option.value)}"
    names = [_zsh_name(name, takes=option.value is not None) for name in option.names]
    if len(names) == 1:
        return _quoted(f"{once}{names[0]}{tail}")
    return f"{_quoted(once)}{{{','.join(names)}}}{_quoted(tail)}"


def _zsh_name(name: str, *, takes: bool) -> str:
    """-m+ takes its value in the same word or the next, --model= likewise."""
    return name + ("=" if name.startswith("--") else "+") * takes


def _zsh_action(value: Value) -> str:
    return f"({' '.join(value.words)})" if value.kind == "words" else ZSH_ACTIONS[value.kind]


def _zsh_text(text: str) -> str:
    return text.replace("\\", r"\\").replace("[", r"\[").replace("]", r"\]").replace(":", r"\:")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", r"'\''") + "'"
