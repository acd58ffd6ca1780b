"""deliveries of channels, and leases of work that one process does

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('zw_deliveries',
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('delivery_digest', sa.String(length=43), nullable=False),
    sa.Column('taken_at', sa.DateTime(), nullable=False),
    sa.Column('done_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('channel', 'delivery_digest', name=op.f('pk_zw_deliveries'))
    )
    with op.batch_alter_table('zw_deliveries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_zw_deliveries_taken_at'), ['taken_at'], unique=False)

    op.create_table('zw_leases',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('holder', sa.String(length=64), nullable=False),
    sa.Column('held_until', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_zw_leases'))
    )


def downgrade() -> None:
    op.drop_table('zw_leases')
    with op.batch_alter_table('zw_deliveries', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_zw_deliveries_taken_at'))

    op.drop_table('zw_deliveries')
