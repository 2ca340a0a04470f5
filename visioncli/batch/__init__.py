"""Many questions, an answer each: a list in, a record an item out, taken up where it stopped."""
