"""PowerShell 5 and 7."""

from __future__ import annotations

from collections.abc import Sequence

from . import IMAGE_TYPES, Command, Value, filled

POWERSHELL = r"""# PowerShell completion for vision, made by `vision completions powershell`.
# In $PROFILE: vision completions powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName vision -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    # path|name|help, path|name|what it takes|help, path|place|what it takes
    $commands = @(
@COMMANDS@
    )
    $options = @(
@OPTIONS@
    )
    $arguments = @(
@ARGUMENTS@
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
        $found = @('@TYPES@' -split ' ')
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
"""


def script(commands: Sequence[Command]) -> str:
    below, options, arguments = [], [], []
    for command in commands:
        below += [f"{command.path}|{name}|{text}" for name, text in command.commands]
        for option in command.options:
            takes = _cell(option.value) if option.value else ""
            options += [f"{command.path}|{name}|{takes}|{option.help}" for name in option.names]
        for place, value in enumerate(command.arguments):
            many = command.many and place == len(command.arguments) - 1
            arguments.append(f"{command.path}|{'*' if many else place}|{_cell(value)}")
    return filled(
        POWERSHELL,
        COMMANDS=_rows(below),
        OPTIONS=_rows(options),
        ARGUMENTS=_rows(arguments),
        TYPES=" ".join(IMAGE_TYPES),
    )


def _cell(value: Value) -> str:
    return " ".join(value.words) if value.kind == "words" else value.kind


def _rows(rows: Sequence[str]) -> str:
    return "\n".join("        '" + row.replace("'", "''") + "'" for row in rows)
