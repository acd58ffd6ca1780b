"""classrooms

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def _number() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), 'sqlite')


def upgrade() -> None:
    op.create_table('zw_class_rooms',
    sa.Column('id', _number(), autoincrement=True, nullable=False),
    sa.Column('code', sa.String(length=8), nullable=True),
    sa.Column('seed', sa.String(length=32), nullable=False),
    sa.Column('plan', sa.JSON(), nullable=False),
    sa.Column('phase', sa.String(length=12), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=True),
    sa.Column('seconds_left', sa.Float(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('closes_at', sa.DateTime(), nullable=False),
    sa.Column('report', sa.JSON(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_zw_class_rooms')),
    sa.UniqueConstraint('code', name=op.f('uq_zw_class_rooms_code'))
    )
    with op.batch_alter_table('zw_class_rooms', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_zw_class_rooms_closes_at'), ['closes_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_zw_class_rooms_created_at'), ['created_at'], unique=False)

    op.create_table('zw_class_pupils',
    sa.Column('id', _number(), autoincrement=True, nullable=False),
    sa.Column('room_id', _number(), nullable=False),
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.ForeignKeyConstraint(['room_id'], ['zw_class_rooms.id'], name=op.f('fk_zw_class_pupils_room_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_zw_class_pupils')),
    sa.UniqueConstraint('room_id', 'name', name=op.f('uq_zw_class_pupils_room_id_name'))
    )
    with op.batch_alter_table('zw_class_pupils', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_zw_class_pupils_room_id'), ['room_id'], unique=False)

    op.create_table('zw_class_answers',
    sa.Column('pupil_id', _number(), autoincrement=False, nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('room_id', _number(), nullable=False),
    sa.Column('choice', sa.Integer(), nullable=False),
    sa.Column('ms', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['pupil_id'], ['zw_class_pupils.id'], name=op.f('fk_zw_class_answers_pupil_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['room_id'], ['zw_class_rooms.id'], name=op.f('fk_zw_class_answers_room_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('pupil_id', 'position', name=op.f('pk_zw_class_answers'))
    )
    with op.batch_alter_table('zw_class_answers', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_zw_class_answers_room_id'), ['room_id'], unique=False)


def downgrade() -> None:
    op.drop_table('zw_class_answers')
    op.drop_table('zw_class_pupils')
    op.drop_table('zw_class_rooms')
