"""Who may call: API keys today."""
