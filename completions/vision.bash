# bash completion for vision, made by `vision completions bash`.
# In ~/.bashrc: eval "$(vision completions bash)"

_vision_command() {  # is this the path of a command?
    case $1 in
        'vision ask' | 'vision models' | 'vision check' | 'vision prep' | 'vision serve' | 'vision doctor' | 'vision completions' | 'vision batch' | 'vision batch submit' | 'vision batch status' | 'vision batch list' | 'vision batch cancel' | 'vision batch fetch' | 'vision batch export' | 'vision keys' | 'vision keys set' | 'vision keys list' | 'vision keys remove' | 'vision keys path') return 0 ;;
    esac
    return 1
}

_vision_option() {  # sets kind to what the option takes; nothing for a flag
    kind=
    case $1 in
        'vision ask -m' | 'vision ask --model') kind=models ;;
        'vision ask -s' | 'vision ask --system') kind=none ;;
        'vision ask -Q' | 'vision ask --question') kind=none ;;
        'vision ask -i' | 'vision ask --image') kind=files ;;
        'vision ask --format') kind=types ;;
        'vision ask --detail') kind='low high auto original' ;;
        'vision ask -o' | 'vision ask --option') kind=none ;;
        'vision ask --max-tokens') kind=none ;;
        'vision ask --temperature') kind=none ;;
        'vision ask --schema') kind=none ;;
        'vision ask --base-url') kind=none ;;
        'vision ask --timeout') kind=none ;;
        'vision ask --retries') kind=none ;;
        'vision ask --max-side') kind=none ;;
        'vision ask --per-request') kind=none ;;
        'vision ask --from') kind=files ;;
        'vision ask -O' | 'vision ask --output') kind=files ;;
        'vision ask --errors') kind=files ;;
        'vision ask -j' | 'vision ask --jobs') kind=none ;;
        'vision ask --rpm') kind=none ;;
        'vision ask --tpm') kind=none ;;
        'vision ask --max-cost') kind=none ;;
        'vision ask --engine') kind='local ray' ;;
        'vision ask --address') kind=none ;;
        'vision ask --color') kind='auto always never' ;;
        'vision models --provider') kind=providers ;;
        'vision models --max-price') kind=none ;;
        'vision models --source') kind=files ;;
        'vision models --color') kind='auto always never' ;;
        'vision check --image') kind=files ;;
        'vision check --base-url') kind=none ;;
        'vision check --timeout') kind=none ;;
        'vision prep -m' | 'vision prep --model') kind=models ;;
        'vision prep -O' | 'vision prep --output') kind=dirs ;;
        'vision prep --max-side') kind=none ;;
        'vision prep --format') kind=types ;;
        'vision prep --detail') kind='low high auto original' ;;
        'vision serve --config') kind=files ;;
        'vision serve --host') kind=none ;;
        'vision serve --port') kind=none ;;
        'vision batch submit -m' | 'vision batch submit --model') kind=models ;;
        'vision batch submit --from') kind=files ;;
        'vision batch submit -O' | 'vision batch submit --output') kind=files ;;
        'vision batch submit -s' | 'vision batch submit --system') kind=none ;;
        'vision batch submit --format') kind=types ;;
        'vision batch submit --detail') kind='low high auto original' ;;
        'vision batch submit -o' | 'vision batch submit --option') kind=none ;;
        'vision batch submit --max-tokens') kind=none ;;
        'vision batch submit --temperature') kind=none ;;
        'vision batch submit --schema') kind=none ;;
        'vision batch submit --max-side') kind=none ;;
        'vision batch submit --base-url') kind=none ;;
        'vision batch fetch -O' | 'vision batch fetch --output') kind=files ;;
        'vision batch export -m' | 'vision batch export --model') kind=models ;;
        'vision batch export --from') kind=files ;;
        'vision batch export -O' | 'vision batch export --output') kind=files ;;
        'vision batch export -s' | 'vision batch export --system') kind=none ;;
        'vision batch export --format') kind=types ;;
        'vision batch export --detail') kind='low high auto original' ;;
        'vision batch export -o' | 'vision batch export --option') kind=none ;;
        'vision batch export --max-tokens') kind=none ;;
        'vision batch export --temperature') kind=none ;;
        'vision batch export --schema') kind=none ;;
        'vision batch export --max-side') kind=none ;;
        'vision batch export --base-url') kind=none ;;
    esac
}

_vision_argument() {  # sets kind to what stands at this place (from 0) after a command
    kind=none
    case $1 in
        'vision ask '*) kind=files ;;
        'vision models '*) kind=models ;;
        'vision check '*) kind=models ;;
        'vision prep '*) kind=files ;;
        'vision completions 0') kind='bash zsh fish powershell' ;;
        'vision batch submit '*) kind=files ;;
        'vision batch status 0') kind=none ;;
        'vision batch cancel 0') kind=none ;;
        'vision batch fetch 0') kind=none ;;
        'vision batch export '*) kind=files ;;
        'vision keys set 0') kind=providers ;;
        'vision keys remove 0') kind=providers ;;
    esac
}

_vision_names() {  # sets kind to the names of a command's options
    kind=none
    case $1 in
        'vision') kind='-V --version -h --help' ;;
        'vision ask') kind='-m --model -s --system -Q --question -i --image --format --detail -o --option --max-tokens --temperature --schema --json --stream --no-stream -u --usage --dry-run --curl --full --base-url --timeout --retries --inline --no-prep --max-side --allow-private --together --each --per-request --from -0 --null -r --recursive -O --output --errors --ordered --overwrite --retry-failed --rehash -j --jobs --rpm --tpm --max-cost --fail-fast --engine --address --show --force --raw --color -q --quiet --debug -h --help' ;;
        'vision models') kind='--provider --all --retired --available --max-price --ids --json --refresh --source --color -q --quiet --debug -h --help' ;;
        'vision check') kind='--live --image --base-url --timeout --json -q --quiet --debug -h --help' ;;
        'vision prep') kind='-m --model -O --output --max-side --format --detail --inline --allow-private -r --recursive --overwrite --json -q --quiet --debug -h --help' ;;
        'vision serve') kind='--config --host --port -q --quiet --debug -h --help' ;;
        'vision doctor') kind='--json --debug -h --help' ;;
        'vision completions') kind='-h --help' ;;
        'vision batch') kind='-h --help' ;;
        'vision batch submit') kind='-m --model --from -0 --null -r --recursive -O --output -s --system --format --detail -o --option --max-tokens --temperature --schema --max-side --no-prep --inline --allow-private --force --base-url --again --json -q --quiet --debug -h --help' ;;
        'vision batch status') kind='--json -q --quiet --debug -h --help' ;;
        'vision batch list') kind='--json -q --quiet --debug -h --help' ;;
        'vision batch cancel') kind='--json -q --quiet --debug -h --help' ;;
        'vision batch fetch') kind='-O --output --wait -q --quiet --debug -h --help' ;;
        'vision batch export') kind='-m --model --from -0 --null -r --recursive -O --output -s --system --format --detail -o --option --max-tokens --temperature --schema --max-side --no-prep --inline --allow-private --force --base-url -q --quiet --debug -h --help' ;;
        'vision keys') kind='-h --help' ;;
        'vision keys set') kind='-q --quiet --debug -h --help' ;;
        'vision keys list') kind='--json -q --quiet --debug -h --help' ;;
        'vision keys remove') kind='-q --quiet --debug -h --help' ;;
        'vision keys path') kind='--debug -h --help' ;;
    esac
}

_vision_below() {  # sets kind to the commands below a command; nothing where there are none
    kind=
    case $1 in
        'vision') kind='ask models check prep serve doctor completions batch keys' ;;
        'vision batch') kind='submit status list cancel fetch export' ;;
        'vision keys') kind='set list remove path' ;;
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
            kind='image/jpeg image/png image/gif image/webp image/avif image/heic image/tiff image/bmp image/svg+xml'
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
