"""Other people's tables of results, made into a dataset folder: nothing guessed in silence, nothing lost."""
