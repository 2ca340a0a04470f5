# fish completion for vision, made by `vision completions fish`.
# vision completions fish > ~/.config/fish/completions/vision.fish

function __vision_ids
    set -q __vision_ids_seen[1]
    or set -g __vision_ids_seen (command vision models --ids 2>/dev/null)
    set -q __vision_ids_seen[1]
    and printf '%s\n' $__vision_ids_seen
end

function __vision_types
    set -l image (commandline -ct | string match -r '.*=')
    for type in image/jpeg image/png image/gif image/webp image/avif image/heic image/tiff image/bmp image/svg+xml
        echo "$image$type"
    end
end

function __vision_at --description 'Whether the words so far name this command'
    set -l path
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word
        and continue
        contains -- "$path $word" ' ask' ' models' ' check' ' completions'
        or break
        set path "$path $word"
    end
    test "$path" = "$argv"
end

complete -c vision -f
complete -c vision -n '__vision_at \'\'' -a ask -d 'Ask a vision model about one or more images.'
complete -c vision -n '__vision_at \'\'' -a models -d 'List the models that can see, by provider, the newest first.'
complete -c vision -n '__vision_at \'\'' -a check -d 'Say whether models can see: yes, no or unknown, why, who says so and of when.'
complete -c vision -n '__vision_at \'\'' -a completions -d 'Print the completion script of a shell.'
complete -c vision -n '__vision_at \'\'' -s V -l version -d 'Print the version and exit.'
complete -c vision -n '__vision_at \'\'' -s h -l help -d 'Show this message and exit.'
complete -c vision -n '__vision_at \' ask\'' -s m -l model -x -a '(__vision_ids)' -d 'PROVIDER/MODEL; again to compare.'
complete -c vision -n '__vision_at \' ask\'' -s s -l system -x -d 'System prompt.'
complete -c vision -n '__vision_at \' ask\'' -s Q -l question -x -d 'The question, said apart.'
complete -c vision -n '__vision_at \' ask\'' -s i -l image -r -F -d 'A further image; may be repeated.'
complete -c vision -n '__vision_at \' ask\'' -l format -x -a '(__vision_types)' -d 'Media type instead of libmagic\'s: image/jpeg.'
complete -c vision -n '__vision_at \' ask\'' -l detail -x -a 'low high auto original' -d 'How closely the model looks.'
complete -c vision -n '__vision_at \' ask\'' -s o -l option -x -d 'Any field of the request.'
complete -c vision -n '__vision_at \' ask\'' -l max-tokens -x -d 'Length of the answer.'
complete -c vision -n '__vision_at \' ask\'' -l temperature -x -d '0 is the calmest.'
complete -c vision -n '__vision_at \' ask\'' -l schema -x -d 'Form of the answer: \'name, age int\', or JSON.'
complete -c vision -n '__vision_at \' ask\'' -l json -d 'One JSON object a model on stdout.'
complete -c vision -n '__vision_at \' ask\'' -l stream -l no-stream -d 'Show the answer as it comes.'
complete -c vision -n '__vision_at \' ask\'' -s u -l usage -d 'Tokens and time on stderr.'
complete -c vision -n '__vision_at \' ask\'' -l dry-run -d 'Print the request; send nothing, need no key.'
complete -c vision -n '__vision_at \' ask\'' -l curl -d 'With --dry-run: as a curl command.'
complete -c vision -n '__vision_at \' ask\'' -l full -d 'With --dry-run: base64 and all.'
complete -c vision -n '__vision_at \' ask\'' -l base-url -x -d 'Instead of the provider\'s.'
complete -c vision -n '__vision_at \' ask\'' -l timeout -x -d 'For everything. [600]'
complete -c vision -n '__vision_at \' ask\'' -l retries -x -d 'Further attempts. [2]'
complete -c vision -n '__vision_at \' ask\'' -l inline -d 'Fetch URLs here even where the provider would.'
complete -c vision -n '__vision_at \' ask\'' -l allow-private -d 'Fetch from private addresses too.'
complete -c vision -n '__vision_at \' ask\'' -l together -d 'All images in one request, however many.'
complete -c vision -n '__vision_at \' ask\'' -l force -d 'Send to a model known not to see.'
complete -c vision -n '__vision_at \' ask\'' -l raw -d 'The answer\'s bytes as they came; not on a terminal.'
complete -c vision -n '__vision_at \' ask\'' -l color -x -a 'auto always never' -d 'Colour and Markdown.'
complete -c vision -n '__vision_at \' ask\'' -s q -l quiet -d 'Errors only on stderr.'
complete -c vision -n '__vision_at \' ask\'' -l debug -d 'Tracebacks, and what is sent where.'
complete -c vision -n '__vision_at \' ask\'' -s h -l help -d 'Show this message and exit.'
complete -c vision -n '__vision_at \' ask\'' -F
complete -c vision -n '__vision_at \' models\'' -l provider -x -d 'Of this provider alone.'
complete -c vision -n '__vision_at \' models\'' -l all -d 'Every model known: also the blind, unknown and retired.'
complete -c vision -n '__vision_at \' models\'' -l retired -d 'The retired ones too.'
complete -c vision -n '__vision_at \' models\'' -l available -d 'Only those whose key is set or not needed.'
complete -c vision -n '__vision_at \' models\'' -l max-price -x -d 'At most this for a million input tokens.'
complete -c vision -n '__vision_at \' models\'' -l ids -d 'The ids alone, sorted.'
complete -c vision -n '__vision_at \' models\'' -l json -d 'One JSON object a model, with all that is known.'
complete -c vision -n '__vision_at \' models\'' -l refresh -d 'Fetch what is known now; lists nothing.'
complete -c vision -n '__vision_at \' models\'' -l source -r -F -d 'With --refresh: from this file instead.'
complete -c vision -n '__vision_at \' models\'' -l color -x -a 'auto always never' -d 'Colour and emphasis.'
complete -c vision -n '__vision_at \' models\'' -s q -l quiet -d 'Errors only on stderr.'
complete -c vision -n '__vision_at \' models\'' -l debug -d 'Tracebacks.'
complete -c vision -n '__vision_at \' models\'' -s h -l help -d 'Show this message and exit.'
complete -c vision -n '__vision_at \' models\'' -a '(__vision_ids)'
complete -c vision -n '__vision_at \' check\'' -l live -d 'Show it a picture made by chance, and see what it says.'
complete -c vision -n '__vision_at \' check\'' -l image -r -F -d 'Is this one taken? With --live: what is said of it?'
complete -c vision -n '__vision_at \' check\'' -l base-url -x -d 'With --live: instead of the provider\'s.'
complete -c vision -n '__vision_at \' check\'' -l timeout -x -d 'With --live: for each model. [600]'
complete -c vision -n '__vision_at \' check\'' -l json -d 'One JSON object a model on stdout.'
complete -c vision -n '__vision_at \' check\'' -s q -l quiet -d 'No line: the exit status alone.'
complete -c vision -n '__vision_at \' check\'' -l debug -d 'Tracebacks.'
complete -c vision -n '__vision_at \' check\'' -s h -l help -d 'Show this message and exit.'
complete -c vision -n '__vision_at \' check\'' -a '(__vision_ids)'
complete -c vision -n '__vision_at \' completions\'' -s h -l help -d 'Show this message and exit.'
complete -c vision -n '__vision_at \' completions\'' -a 'bash zsh fish powershell'
