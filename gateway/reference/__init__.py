"""The page that shows people what the OpenAPI document tells programs."""
