"""What the gateway answers: one file per resource, and the table of all routes."""
