"""The reference: the whole knowledge base as pages, served by the playground and written out as a static site."""
