"""The translation core: vocabulary, errors, bodies, framing, the contract of a dialect. No I/O."""
