"""The manual: the pages of ``docs/`` and of the guides, with a reference made from the code, as a site of files."""
