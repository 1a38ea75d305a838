"""One module an edit. Each takes a picture and says which of its pixels it may have changed."""
