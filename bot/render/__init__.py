"""Answer → Block Kit, terminal text, web page."""
