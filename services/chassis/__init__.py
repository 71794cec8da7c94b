"""What at least two services use, and no domain noun."""
