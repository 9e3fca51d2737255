import type { MigrationInterface, QueryRunner } from 'typeorm';

// Envelope-encrypted credentials: the data key of a VO is wrapped by a key outside the database (its id is in the row).
export class Credentials0004 implements MigrationInterface {
  readonly name = 'Credentials1700000000004';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE data_key (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        vo text NOT NULL REFERENCES vo,
        wrapping_key text NOT NULL,
        wrapped bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        retired_at timestamptz
      );
      CREATE UNIQUE INDEX data_key_current ON data_key (vo) WHERE retired_at IS NULL;
      CREATE TABLE stored_proxy (
        vo text NOT NULL REFERENCES vo,
        owner text NOT NULL,
        subject_dn text NOT NULL,
        data_key bigint NOT NULL REFERENCES data_key,
        sealed bytea NOT NULL,
        not_after timestamptz NOT NULL,
        lodged_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (vo, owner)
      );
      CREATE TABLE stored_refresh_token (
        vo text NOT NULL REFERENCES vo,
        owner text NOT NULL,
        issuer text NOT NULL,
        data_key bigint NOT NULL REFERENCES data_key,
        sealed bytea NOT NULL,
        scopes text[] NOT NULL DEFAULT '{}',
        expires_at timestamptz,
        lodged_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (vo, owner, issuer)
      );
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE stored_refresh_token, stored_proxy, data_key');
  }
}
