import type { MigrationInterface, QueryRunner } from 'typeorm';

// When waiting jobs were said to start, so that it can be compared with when they did.
export class StartEstimates0006 implements MigrationInterface {
  readonly name = 'StartEstimates1700000000006';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE start_estimate (
        job_id bigint NOT NULL REFERENCES job,
        made_at timestamptz NOT NULL DEFAULT now(),
        estimated_at timestamptz NOT NULL,
        PRIMARY KEY (job_id, made_at)
      );
      CREATE INDEX start_estimate_age ON start_estimate (made_at);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE start_estimate');
  }
}
