"""Vector artwork as arrays of cubic Béziers: read it, bend it, put it into a layer of the master."""
