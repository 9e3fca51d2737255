import type { MigrationInterface, QueryRunner } from 'typeorm';

// VOs, people, their tokens, and the records of who did what.
export class People0001 implements MigrationInterface {
  readonly name = 'People1700000000001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE vo (
        name text PRIMARY KEY,
        description text NOT NULL DEFAULT '',
        weight double precision NOT NULL DEFAULT 1 CHECK (weight > 0),
        credential text NOT NULL DEFAULT 'none' CHECK (credential IN ('none', 'proxy', 'token')),
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE person (
        name text PRIMARY KEY,
        vo text REFERENCES vo,
        grp text NOT NULL,
        role text NOT NULL CHECK (role IN ('user', 'vo-admin', 'operator')),
        created_at timestamptz NOT NULL DEFAULT now(),
        disabled_at timestamptz,
        CHECK (vo IS NOT NULL OR role = 'operator')
      );
      CREATE TABLE personal_token (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        person text NOT NULL REFERENCES person,
        label text NOT NULL DEFAULT '',
        hash bytea NOT NULL UNIQUE,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz
      );
      CREATE TABLE audit (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT now(),
        actor text NOT NULL,
        action text NOT NULL,
        subject text NOT NULL,
        detail jsonb NOT NULL DEFAULT '{}'
      );
      -- reply is null while the first call with the key is still in flight.
      CREATE TABLE idempotency (
        caller text NOT NULL,
        key text NOT NULL,
        body_hash bytea NOT NULL,
        status integer,
        reply jsonb,
        created_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (caller, key)
      );
      CREATE INDEX idempotency_age ON idempotency (created_at);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE idempotency, audit, personal_token, person, vo');
  }
}
