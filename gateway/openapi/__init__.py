"""OpenAPI 3.1 of the gateway."""
