"""The server: the pages of the atlas over HTTP."""
