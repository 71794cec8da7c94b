"""Skills and their durable executions."""
