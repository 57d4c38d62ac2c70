"""Words to conditioning: grammar, schedule, tokens, emphasis, encoding."""
