"""OpenAI's images API, in front of the same queue."""
