"""The Python API: what `import visioncli` offers. Nothing here prints or prompts.

Of the user's configuration it takes what names and reaches models (`providers`, `aliases`,
`models`, `keys`, `default_model`), not the defaults that the command line has in `[ask]`.
"""
