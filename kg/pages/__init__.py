"""The explorer's pages: pure functions of a path, a query and a store. Nothing here knows a web server."""
