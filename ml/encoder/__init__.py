"""Text and images to embeddings; `base.Encoder` is the interface."""
