"""Where artwork may go: the slot's surface, its light, and what stands in front of it."""
