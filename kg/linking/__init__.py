"""Links to other ontologies: their terms read, matched with ours, proposed with reasons, and moved once reviewed."""
