"""AI provider profiles and every call to an AI endpoint."""
