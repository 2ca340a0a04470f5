# PowerShell completion for vision, made by `vision completions powershell`.
# In $PROFILE: vision completions powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName vision -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # path|name|help, path|name|what it takes|help, path|place|what it takes
    $commands = @(
        'vision|ask|Ask a vision model about one or more images.'
        'vision|models|List the models that can see, by provider, the newest first.'
        'vision|check|Say whether models can see: yes, no or unknown, why, who says so and of when.'
        'vision|completions|Print the completion script of a shell.'
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
        'vision ask|--allow-private||Fetch from private addresses too.'
        'vision ask|--together||All images in one request, however many.'
        'vision ask|--force||Send to a model known not to see.'
        'vision ask|--raw||The answer''s bytes as they came; not on a terminal.'
        'vision ask|--color|auto always never|Colour and Markdown.'
        'vision ask|-q||Errors only on stderr.'
        'vision ask|--quiet||Errors only on stderr.'
        'vision ask|--debug||Tracebacks, and what is sent where.'
        'vision ask|-h||Show this message and exit.'
        'vision ask|--help||Show this message and exit.'
        'vision models|--provider|none|Of this provider alone.'
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
        'vision completions|-h||Show this message and exit.'
        'vision completions|--help||Show this message and exit.'
    )
    $arguments = @(
        'vision ask|*|files'
        'vision models|*|models'
        'vision check|*|models'
        'vision completions|0|bash zsh fish powershell'
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
