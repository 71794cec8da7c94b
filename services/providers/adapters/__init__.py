"""The ways of answering a question: an endpoint over HTTP, and the built-in engine."""
