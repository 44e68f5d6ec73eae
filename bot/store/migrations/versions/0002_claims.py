"""A seen delivery is claimed for a while (`until`, milliseconds) before it is answered for good (null)."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("seen", sa.Column("until", sa.BigInteger))
    op.add_column("seen", sa.Column("tries", sa.Integer, nullable=False, server_default="1"))
