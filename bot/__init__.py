"""haflag's surfaces: Slack, terminal, web. Everything said comes from `knowledge`."""
