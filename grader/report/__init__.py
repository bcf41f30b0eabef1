"""The report: one typed model, how points are summed, and its JSON Schema."""
