"""The starter checkpoint that ships with the project, and the recipe that trained it."""
