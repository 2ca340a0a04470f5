# PowerShell completion for vision, made by `vision completions powershell`.
# In $PROFILE: vision completions powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName vision -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # path|name|help, path|name|what it takes|help, path|place|what it takes
    $commands = @(
        'vision|ask|Ask a vision model about one or more images.'
        'vision|models|List the models that can see, by provider, the newest first.'
        'vision|check|Say whether models can see: yes, no or unknown, why, who says so and of when.'
        'vision|prep|Show what would be sent of pictures: pixels, bytes, type, tokens, price.'
        'vision|serve|Serve every provider at one address that speaks OpenAI''s and Anthropic''s APIs.'
        'vision|doctor|Say what is installed, configured and reachable, and what is wrong with it.'
        'vision|completions|Print the completion script of a shell.'
        'vision|batch|The providers'' own batches: answered within a day, mostly at half the price.'
        'vision|keys|Your keys, for every command: after the environment''s, before a command of config.toml.'
        'vision batch|submit|Hand a list of pictures in, and print the batch''s ID.'
        'vision batch|status|Ask how far batches are: of all that are not over, or of one.'
        'vision batch|list|List all batches as they were last seen; nobody is asked.'
        'vision batch|cancel|Cancel what is not answered yet; what is can still be fetched.'
        'vision batch|fetch|Write what is answered: one JSON object an item, as `ask` does for a list.'
        'vision batch|export|Write OpenAI''s batch file, which `vllm run-batch` reads, and send nothing.'
        'vision keys|set|Keep a provider''s key, in place of the one that was kept.'
        'vision keys|list|List whose keys there are and where from, each by its last four letters at most.'
        'vision keys|remove|Forget a provider''s key; that of a variable stays where it is set.'
        'vision keys|path|Print the file in which keys are kept, be it there or not.'
    )
    $options = @(
        'vision|-V||Print the version and exit.'
        'vision|--version||Print the version and exit.'
        'vision|-h||Show this message and exit.'
        'vision|--help||Show this message and exit.'
        'vision ask|-m|models|PROVIDER/MODEL; again to compare.'
        'vision ask|--model|models|PROVIDER/MODEL; again to compare.'
        'vision ask|-s|none|System prompt.'
        'vision ask|--system|none|System prompt.'
        'vision ask|-Q|none|The question, said apart.'
        'vision ask|--question|none|The question, said apart.'
        'vision ask|-i|files|A further image; may be repeated.'
        'vision ask|--image|files|A further image; may be repeated.'
        'vision ask|--format|types|Media type instead of libmagic''s: image/jpeg.'
        'vision ask|--detail|low high auto original|How closely the model looks.'
        'vision ask|-o|none|Any field of the request.'
        'vision ask|--option|none|Any field of the request.'
        'vision ask|--max-tokens|none|Length of the answer.'
        'vision ask|--temperature|none|0 is the calmest.'
        'vision ask|--schema|none|Form of the answer: ''name, age int'', or JSON.'
        'vision ask|--json||One JSON object a model on stdout.'
        'vision ask|--stream||Show the answer as it comes.'
        'vision ask|--no-stream||Show the answer as it comes.'
        'vision ask|-u||Tokens and time on stderr.'
        'vision ask|--usage||Tokens and time on stderr.'
        'vision ask|--dry-run||Print the request; send nothing, need no key.'
        'vision ask|--curl||With --dry-run: as a curl command.'
        'vision ask|--full||With --dry-run: base64 and all.'
        'vision ask|--base-url|none|Instead of the provider''s.'
        'vision ask|--timeout|none|For everything. [600]'
        'vision ask|--retries|none|Further attempts. [2]'
        'vision ask|--inline||Fetch URLs here even where the provider would.'
        'vision ask|--no-prep||Send pictures as they are: type, size, metadata.'
        'vision ask|--max-side|none|Longer side at most, in pixels.'
        'vision ask|--allow-private||Fetch from private addresses too.'
        'vision ask|--together||All images in one request, however many.'
        'vision ask|--each||A request for each image named.'
        'vision ask|--per-request|none|N images in each request.'
        'vision ask|--from|files|A list: an image or a JSON object a line.'
        'vision ask|-0||NUL ends the names of the list: find -print0.'
        'vision ask|--null||NUL ends the names of the list: find -print0.'
        'vision ask|-r||Also the folders inside a directory.'
        'vision ask|--recursive||Also the folders inside a directory.'
        'vision ask|-O|files|Add the results to FILE; what is there is kept.'
        'vision ask|--output|files|Add the results to FILE; what is there is kept.'
        'vision ask|--errors|files|Add what failed to FILE, too.'
        'vision ask|--ordered||Results in the order of the list.'
        'vision ask|--overwrite||With -O: drop what FILE holds.'
        'vision ask|--retry-failed||With -O: ask again what failed for a while.'
        'vision ask|--rehash||With -O: read also pictures that look unchanged.'
        'vision ask|-j|none|Requests at once. [8]'
        'vision ask|--jobs|none|Requests at once. [8]'
        'vision ask|--rpm|none|Requests a minute at most.'
        'vision ask|--tpm|none|Tokens a minute at most.'
        'vision ask|--max-cost|none|Stop before it costs more.'
        'vision ask|--fail-fast||Stop at the first that fails.'
        'vision ask|--engine|local ray|Where the questions are asked from.'
        'vision ask|--address|none|With --engine ray: of the cluster.'
        'vision ask|--show||A small preview of the images, on a terminal.'
        'vision ask|--force||Send to a model known not to see.'
        'vision ask|--raw||The answer''s bytes as they came; not on a terminal.'
        'vision ask|--color|auto always never|Colour and Markdown.'
        'vision ask|-q||Errors only on stderr.'
        'vision ask|--quiet||Errors only on stderr.'
        'vision ask|--debug||Tracebacks, and what is sent where.'
        'vision ask|-h||Show this message and exit.'
        'vision ask|--help||Show this message and exit.'
        'vision models|--provider|providers|Of this provider alone.'
        'vision models|--all||Every model known: also the blind, unknown and retired.'
        'vision models|--retired||The retired ones too.'
        'vision models|--available||Only those whose key is set or not needed.'
        'vision models|--max-price|none|At most this for a million input tokens.'
        'vision models|--ids||The ids alone, sorted.'
        'vision models|--json||One JSON object a model, with all that is known.'
        'vision models|--refresh||Fetch what is known now; lists nothing.'
        'vision models|--source|files|With --refresh: from this file instead.'
        'vision models|--color|auto always never|Colour and emphasis.'
        'vision models|-q||Errors only on stderr.'
        'vision models|--quiet||Errors only on stderr.'
        'vision models|--debug||Tracebacks.'
        'vision models|-h||Show this message and exit.'
        'vision models|--help||Show this message and exit.'
        'vision check|--live||Show it a picture made by chance, and see what it says.'
        'vision check|--image|files|Is this one taken? With --live: what is said of it?'
        'vision check|--base-url|none|With --live: instead of the provider''s.'
        'vision check|--timeout|none|With --live: for each model. [600]'
        'vision check|--json||One JSON object a model on stdout.'
        'vision check|-q||No line: the exit status alone.'
        'vision check|--quiet||No line: the exit status alone.'
        'vision check|--debug||Tracebacks.'
        'vision check|-h||Show this message and exit.'
        'vision check|--help||Show this message and exit.'
        'vision prep|-m|models|PROVIDER/MODEL they are made for.'
        'vision prep|--model|models|PROVIDER/MODEL they are made for.'
        'vision prep|-O|dirs|Write what would be sent; URLs are fetched.'
        'vision prep|--output|dirs|Write what would be sent; URLs are fetched.'
        'vision prep|--max-side|none|Longer side at most, in pixels.'
        'vision prep|--format|types|Media type instead of libmagic''s: image/jpeg.'
        'vision prep|--detail|low high auto original|How closely the model looks.'
        'vision prep|--inline||Fetch URLs here even where the provider would.'
        'vision prep|--allow-private||Fetch from private addresses too.'
        'vision prep|-r||Also the folders inside a directory.'
        'vision prep|--recursive||Also the folders inside a directory.'
        'vision prep|--overwrite||With -O: replace files that exist.'
        'vision prep|--json||One JSON object a picture on stdout.'
        'vision prep|-q||Errors only on stderr.'
        'vision prep|--quiet||Errors only on stderr.'
        'vision prep|--debug||Tracebacks.'
        'vision prep|-h||Show this message and exit.'
        'vision prep|--help||Show this message and exit.'
        'vision serve|--config|files|LiteLLM''s config.yaml, or our TOML.'
        'vision serve|--host|none|Where to listen.'
        'vision serve|--port|none|0: any that is free.'
        'vision serve|-q||Errors only on stderr.'
        'vision serve|--quiet||Errors only on stderr.'
        'vision serve|--debug||Tracebacks.'
        'vision serve|-h||Show this message and exit.'
        'vision serve|--help||Show this message and exit.'
        'vision doctor|--json||One JSON object a finding on stdout.'
        'vision doctor|--debug||Tracebacks.'
        'vision doctor|-h||Show this message and exit.'
        'vision doctor|--help||Show this message and exit.'
        'vision completions|-h||Show this message and exit.'
        'vision completions|--help||Show this message and exit.'
        'vision batch|-h||Show this message and exit.'
        'vision batch|--help||Show this message and exit.'
        'vision batch submit|-m|models|PROVIDER/MODEL.'
        'vision batch submit|--model|models|PROVIDER/MODEL.'
        'vision batch submit|--from|files|A list: an image or a JSON object a line.'
        'vision batch submit|-0||The list''s lines end with NUL.'
        'vision batch submit|--null||The list''s lines end with NUL.'
        'vision batch submit|-r||Folders in folders, too.'
        'vision batch submit|--recursive||Folders in folders, too.'
        'vision batch submit|-O|files|Where `fetch` will write.'
        'vision batch submit|--output|files|Where `fetch` will write.'
        'vision batch submit|-s|none|System prompt.'
        'vision batch submit|--system|none|System prompt.'
        'vision batch submit|--format|types|Media type instead of libmagic''s.'
        'vision batch submit|--detail|low high auto original|How closely it looks.'
        'vision batch submit|-o|none|Any field of the request.'
        'vision batch submit|--option|none|Any field of the request.'
        'vision batch submit|--max-tokens|none|Length of an answer.'
        'vision batch submit|--temperature|none|0 is the calmest.'
        'vision batch submit|--schema|none|Form of the answers.'
        'vision batch submit|--max-side|none|Of the longer side, at most.'
        'vision batch submit|--no-prep||Pictures as they are.'
        'vision batch submit|--inline||Fetch URLs here, too.'
        'vision batch submit|--allow-private||Fetch from private addresses too.'
        'vision batch submit|--force||Send to a model known not to see.'
        'vision batch submit|--base-url|none|Instead of the provider''s.'
        'vision batch submit|--again||Also what was submitted before; it costs again.'
        'vision batch submit|--json||One JSON object a batch on stdout.'
        'vision batch submit|-q||Errors only on stderr.'
        'vision batch submit|--quiet||Errors only on stderr.'
        'vision batch submit|--debug||Tracebacks.'
        'vision batch submit|-h||Show this message and exit.'
        'vision batch submit|--help||Show this message and exit.'
        'vision batch status|--json||One JSON object a batch on stdout.'
        'vision batch status|-q||Errors only on stderr.'
        'vision batch status|--quiet||Errors only on stderr.'
        'vision batch status|--debug||Tracebacks.'
        'vision batch status|-h||Show this message and exit.'
        'vision batch status|--help||Show this message and exit.'
        'vision batch list|--json||One JSON object a batch on stdout.'
        'vision batch list|-q||Errors only on stderr.'
        'vision batch list|--quiet||Errors only on stderr.'
        'vision batch list|--debug||Tracebacks.'
        'vision batch list|-h||Show this message and exit.'
        'vision batch list|--help||Show this message and exit.'
        'vision batch cancel|--json||One JSON object a batch on stdout.'
        'vision batch cancel|-q||Errors only on stderr.'
        'vision batch cancel|--quiet||Errors only on stderr.'
        'vision batch cancel|--debug||Tracebacks.'
        'vision batch cancel|-h||Show this message and exit.'
        'vision batch cancel|--help||Show this message and exit.'
        'vision batch fetch|-O|files|Appends what is not in it yet.'
        'vision batch fetch|--output|files|Appends what is not in it yet.'
        'vision batch fetch|--wait||Until all of it is over.'
        'vision batch fetch|-q||Errors only on stderr.'
        'vision batch fetch|--quiet||Errors only on stderr.'
        'vision batch fetch|--debug||Tracebacks.'
        'vision batch fetch|-h||Show this message and exit.'
        'vision batch fetch|--help||Show this message and exit.'
        'vision batch export|-m|models|PROVIDER/MODEL.'
        'vision batch export|--model|models|PROVIDER/MODEL.'
        'vision batch export|--from|files|A list: an image or a JSON object a line.'
        'vision batch export|-0||The list''s lines end with NUL.'
        'vision batch export|--null||The list''s lines end with NUL.'
        'vision batch export|-r||Folders in folders, too.'
        'vision batch export|--recursive||Folders in folders, too.'
        'vision batch export|-O|files|A new file. [stdout]'
        'vision batch export|--output|files|A new file. [stdout]'
        'vision batch export|-s|none|System prompt.'
        'vision batch export|--system|none|System prompt.'
        'vision batch export|--format|types|Media type instead of libmagic''s.'
        'vision batch export|--detail|low high auto original|How closely it looks.'
        'vision batch export|-o|none|Any field of the request.'
        'vision batch export|--option|none|Any field of the request.'
        'vision batch export|--max-tokens|none|Length of an answer.'
        'vision batch export|--temperature|none|0 is the calmest.'
        'vision batch export|--schema|none|Form of the answers.'
        'vision batch export|--max-side|none|Of the longer side, at most.'
        'vision batch export|--no-prep||Pictures as they are.'
        'vision batch export|--inline||Fetch URLs here, too.'
        'vision batch export|--allow-private||Fetch from private addresses too.'
        'vision batch export|--force||Send to a model known not to see.'
        'vision batch export|--base-url|none|Instead of the provider''s.'
        'vision batch export|-q||Errors only on stderr.'
        'vision batch export|--quiet||Errors only on stderr.'
        'vision batch export|--debug||Tracebacks.'
        'vision batch export|-h||Show this message and exit.'
        'vision batch export|--help||Show this message and exit.'
        'vision keys|-h||Show this message and exit.'
        'vision keys|--help||Show this message and exit.'
        'vision keys set|-q||Errors only on stderr.'
        'vision keys set|--quiet||Errors only on stderr.'
        'vision keys set|--debug||Tracebacks.'
        'vision keys set|-h||Show this message and exit.'
        'vision keys set|--help||Show this message and exit.'
        'vision keys list|--json||One JSON object a key on stdout.'
        'vision keys list|-q||Errors only on stderr.'
        'vision keys list|--quiet||Errors only on stderr.'
        'vision keys list|--debug||Tracebacks.'
        'vision keys list|-h||Show this message and exit.'
        'vision keys list|--help||Show this message and exit.'
        'vision keys remove|-q||Errors only on stderr.'
        'vision keys remove|--quiet||Errors only on stderr.'
        'vision keys remove|--debug||Tracebacks.'
        'vision keys remove|-h||Show this message and exit.'
        'vision keys remove|--help||Show this message and exit.'
        'vision keys path|--debug||Tracebacks.'
        'vision keys path|-h||Show this message and exit.'
        'vision keys path|--help||Show this message and exit.'
    )
    $arguments = @(
        'vision ask|*|files'
        'vision models|*|models'
        'vision check|*|models'
        'vision prep|*|files'
        'vision completions|0|bash zsh fish powershell'
        'vision batch submit|*|files'
        'vision batch status|0|none'
        'vision batch cancel|0|none'
        'vision batch fetch|0|none'
        'vision batch export|*|files'
        'vision keys set|0|providers'
        'vision keys remove|0|providers'
    )

    function Find-Option($path, $name) {
        foreach ($row in $options) {
            $cells = $row -split '\|', 4
            if ($cells[0] -ceq $path -and $cells[1] -ceq $name) { return $cells[2] }
        }
        return ''
    }

    # What came before: the command, how many arguments, an option that waits for its value.
    $path = 'vision'
    $place = 0
    $wants = ''
    $over = $false
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
    foreach ($word in $before) {
        $below = @($commands | Where-Object { $_.StartsWith("$path|$word|", 'Ordinal') })
        if ($wants) { $wants = '' }
        elseif (-not $over -and $word -ceq '--') { $over = $true }
        elseif (-not $over -and $word -like '-?*') { $wants = Find-Option $path $word }
        elseif (-not $over -and $below) { $path = "$path $word" }
        else { $place += 1 }
    }

    $typed = "$wordToComplete"
    $head = ''
    $found = @()  # word|help
    if (-not $wants -and -not $over -and $typed -match '^(--[^=]+=)(.*)$') {
        $head = $Matches[1]
        $typed = $Matches[2]
        $wants = Find-Option $path $head.TrimEnd('=')
    }
    elseif (-not $wants -and -not $over -and $typed.StartsWith('-')) {
        $found = @($options | ForEach-Object {
            $cells = $_ -split '\|', 4
            if ($cells[0] -ceq $path) { "$($cells[1])|$($cells[3])" }
        })
    }
    elseif (-not $wants) {
        $found = @($commands | Where-Object { $_.StartsWith("$path|", 'Ordinal') } |
            ForEach-Object { $_.Substring($path.Length + 1) })
        foreach ($row in $arguments) {
            $cells = $row -split '\|', 3
            if ($cells[0] -ceq $path -and $cells[1] -in "$place", '*') { $wants = $cells[2] }
        }
    }

    if ($wants -ceq 'models') {
        if (-not $global:__VisionIds) { $global:__VisionIds = @(vision models --ids 2>$null) }
        $found = @($global:__VisionIds)
    }
    elseif ($wants -ceq 'providers') {
        if (-not $global:__VisionIds) { $global:__VisionIds = @(vision models --ids 2>$null) }
        $found = @($global:__VisionIds | ForEach-Object { ($_ -split '/', 2)[0] } |
            Select-Object -Unique)
    }
    elseif ($wants -ceq 'types') {
        if ($typed -match '^(.*=)(.*)$') {
            $head += $Matches[1]
            $typed = $Matches[2]
        }
        $found = @('image/jpeg image/png image/gif image/webp image/avif image/heic image/tiff image/bmp image/svg+xml' -split ' ')
    }
    elseif ($wants -and $wants -cnotin 'none', 'files', 'dirs') {
        $found = @($wants -split ' ')
    }
    # Files are completed by PowerShell itself where nothing is offered here.
    foreach ($row in $found) {
        $word, $help = $row -split '\|', 2
        if ($word.StartsWith($typed, 'Ordinal')) {
            if (-not $help) { $help = $word }
            [System.Management.Automation.CompletionResult]::new(
                "$head$word", $word, 'ParameterValue', $help)
        }
    }
}
