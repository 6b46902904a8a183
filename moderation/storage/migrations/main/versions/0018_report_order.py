"""The newest reports of a case are found without looking at all of them."""

from alembic import op

revision = "0018_report_order"
down_revision = "0017_desk_index"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.drop_index("ix_reports_case", table_name="reports")
    op.create_index("ix_reports_case", "reports", ["case_id", "seq"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_reports_case", table_name="reports")
    op.create_index("ix_reports_case", "reports", ["case_id"], unique=False)
