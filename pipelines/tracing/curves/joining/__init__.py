"""How primitives meet, and all of them moved together until they lie best."""
