"""What rules ask of the desk reaches it: their priority, and the queues the packs name."""

import sqlalchemy as sa
from alembic import op

revision = "0021_rule_asks"
down_revision = "0020_campaign_report"
branch_labels = None
depends_on = None

QUEUES = (("urgent", "至急"), ("care", "こころのケア"), ("live", "配信中"))


def upgrade() -> None:
    """Make the change."""
    op.add_column("cases", sa.Column("asked_priority", sa.Integer(), nullable=False, server_default="0"))
    queues = sa.table("review_queues", sa.column("id"), sa.column("name"), sa.column("position"))
    connection = op.get_bind()
    known = set(connection.execute(sa.select(queues.c.id)).scalars())
    last = connection.execute(sa.select(sa.func.max(queues.c.position))).scalar_one()
    new = [(id_, name) for id_, name in QUEUES if id_ not in known]  # an admin may have made one
    for position, (id_, name) in enumerate(new, start=last + 1):
        op.execute(queues.insert().values(id=id_, name=name, position=position))


def downgrade() -> None:
    """Take the change back; queues stay, for cases may wait in them."""
    op.drop_column("cases", "asked_priority")
