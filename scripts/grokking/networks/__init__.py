"""Two-layer ReLU networks, both layers trained."""
