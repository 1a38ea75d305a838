"""The vectorizer beside plain vtracer with svgo, on drawings that are known."""
