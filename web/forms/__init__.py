"""What people type, checked before it reaches a service; one module an area."""
