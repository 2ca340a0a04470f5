"""local/eyes, the offline model: a detector, a classifier, a text reader, pixels, fixed rules.

It is no language model. Every sentence it says is a measurement on the picture; what cannot be
measured is refused. Importing this package, or `answerer`, loads neither numpy nor onnxruntime.
"""

NOTE = (
    "local/eyes is an object detector with a text reader, not a language model; it is offline and"
    " answers simple English questions. For more, set a provider's API key and name a model with -m"
)  # what the command line says on stderr when these eyes answer
