"""What somebody did lately, by kind: read for every claim."""

from alembic import op

revision = "0017_desk_index"
down_revision = "0016_tallies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.drop_index("ix_case_events_actor", table_name="case_events")
    op.create_index("ix_case_events_actor", "case_events", ["actor", "kind", "at"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_case_events_actor", table_name="case_events")
    op.create_index("ix_case_events_actor", "case_events", ["actor", "at"], unique=False)
