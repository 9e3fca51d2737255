import type { MigrationInterface, QueryRunner } from 'typeorm';

// Weights of groups and users (a VO's stands in its row), and what each user has used, with a half-life.
export class Shares0005 implements MigrationInterface {
  readonly name = 'Shares1700000000005';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- A group has no owner, ''.
      CREATE TABLE share_node (
        vo text NOT NULL REFERENCES vo,
        grp text NOT NULL,
        owner text NOT NULL DEFAULT '',
        weight double precision NOT NULL DEFAULT 1 CHECK (weight >= 0),
        burst_core_s double precision NOT NULL DEFAULT 0 CHECK (burst_core_s >= 0),
        shared boolean NOT NULL DEFAULT false CHECK (NOT shared OR owner = ''),
        PRIMARY KEY (vo, grp, owner)
      );
      -- As of its time; attempts and attempt_s give how long one takes.
      CREATE TABLE share_usage (
        vo text NOT NULL REFERENCES vo,
        grp text NOT NULL,
        owner text NOT NULL,
        core_s double precision NOT NULL,
        attempts double precision NOT NULL,
        attempt_s double precision NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (vo, grp, owner)
      );
      -- One row: readers and the roll-up must agree on the half-life.
      CREATE TABLE share_rollup (
        id integer PRIMARY KEY CHECK (id = 1),
        half_life_s double precision NOT NULL DEFAULT 86400 CHECK (half_life_s > 0)
      );
      INSERT INTO share_rollup (id) VALUES (1);
      -- What is in share_usage already: an attempt that is taken back by its pilot ends a second time.
      ALTER TABLE attempt ADD COLUMN accounted boolean NOT NULL DEFAULT false,
        ADD COLUMN accounted_core_s double precision NOT NULL DEFAULT 0;
      CREATE INDEX attempt_unaccounted ON attempt (ended_at) WHERE ended_at IS NOT NULL AND NOT accounted;
      -- The part that is left; bounded, since power() refuses to underflow.
      CREATE FUNCTION share_left(since timestamptz, until timestamptz, half_life_s double precision)
        RETURNS double precision LANGUAGE sql STABLE AS $$
        SELECT power(2::double precision, greatest(-500, least(500, -extract(epoch FROM until - since) / half_life_s)))
      $$;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION share_left');
    await db.query('DROP INDEX attempt_unaccounted');
    await db.query('ALTER TABLE attempt DROP COLUMN accounted, DROP COLUMN accounted_core_s');
    await db.query('DROP TABLE share_rollup, share_usage, share_node');
  }
}
