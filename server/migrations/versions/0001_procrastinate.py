"""The job tables of Procrastinate 3.10.0, as that version ships them."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).parents[1] / "procrastinate_3_10_0.sql"


def upgrade() -> None:
    # The driver's own cursor: SQLAlchemy would read the percent signs in it as parameters.
    raw = op.get_bind().connection.dbapi_connection
    assert raw is not None
    raw.cursor().execute(SCHEMA.read_text(encoding="utf-8"))
