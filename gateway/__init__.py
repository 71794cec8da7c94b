"""HTTP in front of the services: JSON to gRPC and back."""
