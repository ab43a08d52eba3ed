"""The explorer's pages frozen to files, for any host of files."""
