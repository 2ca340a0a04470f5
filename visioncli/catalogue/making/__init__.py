"""How the two files of the catalogue are made: from lists of others to rows, by a written rule."""
