"""A local stand-in for Slack with a web page: everything can be tried without a workspace, through the real application."""
