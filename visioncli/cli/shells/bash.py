"""bash 4 and 5. macOS's own 3.2 completes too, with files where nothing else fits."""

from __future__ import annotations

from collections.abc import Sequence

from . import IMAGE_TYPES, Command, Value, filled

BASH = r"""# bash completion for vision, made by `vision completions bash`.
# In ~/.bashrc: eval "$(vision completions bash)"

_vision_command() {  # is this the path of a command?
    case $1 in
        @COMMANDS@) return 0 ;;
    esac
    return 1
}

_vision_option() {  # sets kind to what the option takes; nothing for a flag
    kind=
    case $1 in
@OPTIONS@
    esac
}

_vision_argument() {  # sets kind to what stands at this place (from 0) after a command
    kind=none
    case $1 in
@ARGUMENTS@
    esac
}

_vision_names() {  # sets kind to the names of a command's options
    kind=none
    case $1 in
@NAMES@
    esac
}

_vision_below() {  # sets kind to the commands below a command; nothing where there are none
    kind=
    case $1 in
@BELOW@
    esac
}

_vision() {
    local IFS=$' \t\n' words=() word gap rest=${COMP_LINE:-${COMP_WORDS[*]}} i
    local path=vision kind='' wants='' over='' place=0 typed value head
    COMPREPLY=()

    # bash cuts words at : and =, which model ids and --option=value hold: join them again.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        gap=${rest%%[![:space:]]*}
        rest=${rest#"$gap"}
        rest=${rest#"$word"}
        if ((i == 0)) || [[ -n $gap ]]; then
            words+=("$word")
        else
            words[${#words[@]} - 1]+=$word
        fi
    done

    # What came before: the command, how many arguments, an option that waits for its value.
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        word=${words[i]}
        if [[ -n $wants ]]; then
            wants=
        elif [[ -z $over && $word == -- ]]; then
            over=1
        elif [[ -z $over && $word == -?* ]]; then
            _vision_option "$path $word"
            wants=$kind
        elif [[ -z $over ]] && _vision_command "$path $word"; then
            path="$path $word"
        else
            ((place += 1))
        fi
    done

    typed=${words[${#words[@]} - 1]}
    value=$typed
    if [[ -n $wants ]]; then
        kind=$wants
    elif [[ -z $over && $typed == --*=* ]]; then
        _vision_option "$path ${typed%%=*}"
        value=${typed#*=}
    elif [[ -z $over && $typed == -* ]]; then
        _vision_names "$path"
    else
        _vision_below "$path"
        [[ -n $kind ]] || _vision_argument "$path $place"
    fi

    [[ $kind == files ]] && return  # readline completes those
    compopt +o default +o bashdefault 2>/dev/null
    case $kind in
        dirs)
            compopt -o dirnames 2>/dev/null
            return
            ;;
        types)
            value=${value##*=}
            kind='@TYPES@'
            ;;
        models | providers)
            [[ -n ${_vision_ids-} ]] || _vision_ids=$(vision models --ids 2>/dev/null)
            if [[ $kind == models ]]; then
                kind=$_vision_ids
            else
                kind=
                while IFS=/ read -r word rest; do
                    [[ $'\n'$kind == *$'\n'"$word"$'\n'* ]] || kind+=$word$'\n'
                done <<<"$_vision_ids"
            fi
            ;;
        none) kind= ;;
    esac
    # What stands before the last cut is on the command line already, and is not typed again.
    head=
    [[ $COMP_WORDBREAKS == *:* ]] && head=${value%"${value##*:}"}
    gap=
    [[ $COMP_WORDBREAKS == *=* ]] || gap=${typed%"$value"}
    IFS=$' \n' read -r -d '' -a words <<<"$kind"
    for word in "${words[@]}"; do
        [[ $word == "$value"* ]] && COMPREPLY+=("$gap${word#"$head"}")
    done
}

complete -o bashdefault -o default -F _vision vision
"""


def script(commands: Sequence[Command]) -> str:
    below = [c.path for c in commands if c.path != "vision"]
    options, arguments, names, groups = [], [], [], []
    for command in commands:
        for option in command.options:
            if option.value:
                spelled = " | ".join(f"'{command.path} {name}'" for name in option.names)
                options.append(f"{spelled}) kind={_bash_kind(option.value)} ;;")
        for place, value in enumerate(command.arguments):
            last = place == len(command.arguments) - 1
            which = f"'{command.path} '*" if last and command.many else f"'{command.path} {place}'"
            arguments.append(f"{which}) kind={_bash_kind(value)} ;;")
        every = [name for option in command.options for name in option.names]
        names.append(f"'{command.path}') kind='{' '.join(every)}' ;;")
        if command.commands:
            words = " ".join(name for name, _ in command.commands)
            groups.append(f"'{command.path}') kind='{words}' ;;")
    return filled(
        BASH,
        COMMANDS=" | ".join(f"'{path}'" for path in below),
        OPTIONS=_lines(options),
        ARGUMENTS=_lines(arguments),
        NAMES=_lines(names),
        BELOW=_lines(groups),
        TYPES=" ".join(IMAGE_TYPES),
    )


def _bash_kind(value: Value) -> str:
    return f"'{' '.join(value.words)}'" if value.kind == "words" else value.kind


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(f"        {line}" for line in lines)
