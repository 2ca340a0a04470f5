"""The commands and their options, one file each: a start loads the one that is called.

Each imports its runner when it is called, not before. Annotations are no strings here: typer would
compile each of them at every start, for 4 ms.
"""
