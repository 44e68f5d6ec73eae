"""What HAProxy's termination states mean: `knowledge.load().answer("504 sC")`. Knows nothing of Slack, web or database."""

from knowledge.base import KnowledgeBase, load

__all__ = ["KnowledgeBase", "load"]
