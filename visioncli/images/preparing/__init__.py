"""Making a picture fit for a model: upright, sRGB, of a type and size that are taken."""
