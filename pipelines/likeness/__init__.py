"""Whether a variant is still the master, by embeddings: cosines, patches, what they mean, and who does not belong."""
