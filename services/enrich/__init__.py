"""`nekohub enrich`: pictures from the shell. A REST client; it knows no more than the HTTP API."""
