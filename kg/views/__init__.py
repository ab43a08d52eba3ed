"""What the eye sees: the network map, and the visual language that every figure shares."""
