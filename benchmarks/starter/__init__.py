"""The starter models beside what a user would pick instead, on held-out drawings."""
