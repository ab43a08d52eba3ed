"""The server: the pages of the atlas, linked data and a SPARQL endpoint over HTTP."""
