"""Every word sent to a model that is no skill: templates, rendering, and fences around data."""
