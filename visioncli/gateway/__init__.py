"""`vision serve`: one address that speaks OpenAI's and Anthropic's APIs before every provider."""
