import type { MigrationInterface, QueryRunner } from 'typeorm';

// Jobs, their queues and attempts. What is claimed from is narrow (waiting_job); what is read is wide (job, payload).
export class Jobs0003 implements MigrationInterface {
  readonly name = 'Jobs1700000000003';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE payload (digest bytea PRIMARY KEY, body jsonb NOT NULL);
      CREATE TABLE task_queue (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        key bytea NOT NULL UNIQUE,
        vo text NOT NULL REFERENCES vo,
        grp text NOT NULL,
        owner text NOT NULL,
        requirements jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE job_transition (from_state text, to_state text, PRIMARY KEY (from_state, to_state));
      CREATE SEQUENCE job_id_seq;
      CREATE TABLE job (
        id bigint PRIMARY KEY DEFAULT nextval('job_id_seq'),
        vo text NOT NULL REFERENCES vo,
        grp text NOT NULL,
        owner text NOT NULL,
        name text NOT NULL,
        job_group text NOT NULL DEFAULT '',
        state text NOT NULL,
        minor text NOT NULL,
        application_status text NOT NULL DEFAULT '',
        priority smallint NOT NULL,
        queue_id bigint NOT NULL REFERENCES task_queue,
        payload_digest bytea NOT NULL REFERENCES payload,
        credential text NOT NULL,
        labels jsonb NOT NULL DEFAULT '{}',
        attempt integer NOT NULL DEFAULT 0,
        reschedules integer NOT NULL DEFAULT 0,
        max_reschedules integer NOT NULL,
        submitted_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        ended_at timestamptz,
        exit_code integer,
        kill_reason text
      );
      CREATE INDEX job_of_owner ON job (vo, owner, id DESC);
      -- No index names the state: a step is then a heap-only update that leaves all indexes alone. What is open is
      -- found through waiting_job and the open attempts.
      ALTER TABLE job SET (fillfactor = 80);
      CREATE INDEX job_of_group ON job (job_group) WHERE job_group <> '';
      CREATE FUNCTION refuse_illegal_job_step() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF OLD.state IS DISTINCT FROM NEW.state
          AND NOT EXISTS (SELECT 1 FROM job_transition WHERE from_state = OLD.state AND to_state = NEW.state) THEN
          RAISE EXCEPTION 'job % may not go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'WM001';
        END IF;
        IF NEW.attempt < OLD.attempt THEN
          RAISE EXCEPTION 'attempt numbers of job % never return', OLD.id USING ERRCODE = 'WM003';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER job_step BEFORE UPDATE OF state, attempt ON job FOR EACH ROW
        WHEN (OLD.state IS DISTINCT FROM NEW.state OR NEW.attempt < OLD.attempt) EXECUTE FUNCTION refuse_illegal_job_step();
      -- A job waits exactly while it has a row here.
      CREATE TABLE waiting_job (
        queue_id bigint NOT NULL,
        priority smallint NOT NULL,
        job_id bigint NOT NULL,
        since timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (job_id)
      );
      CREATE INDEX waiting_order ON waiting_job (queue_id, priority DESC, job_id);
      CREATE TABLE attempt (
        job_id bigint NOT NULL REFERENCES job,
        n integer NOT NULL,
        vm_id uuid NOT NULL REFERENCES vm,
        pilot_id uuid NOT NULL,
        ask_id uuid NOT NULL,
        state text NOT NULL,
        processors integer NOT NULL,
        memory_mb integer NOT NULL,
        disk_mb integer NOT NULL,
        gpus integer NOT NULL,
        claimed_at timestamptz NOT NULL DEFAULT now(),
        started_at timestamptz,
        ended_at timestamptz,
        exit_code integer,
        minor text,
        reason text,
        wall_s double precision,
        cpu_s double precision,
        max_rss_mb double precision,
        output_digest text,
        stop_requested_at timestamptz,
        stop_reason text,
        -- First beat of its pilot that did not list it.
        missing_since timestamptz,
        PRIMARY KEY (job_id, n)
      );
      CREATE UNIQUE INDEX attempt_one_open ON attempt (job_id) WHERE state IN ('Claimed', 'Running', 'Completing');
      CREATE INDEX attempt_open_of_vm ON attempt (vm_id) WHERE state IN ('Claimed', 'Running', 'Completing');
      CREATE INDEX attempt_of_vm ON attempt (vm_id, claimed_at);
      CREATE INDEX attempt_of_ask ON attempt (ask_id);
      CREATE TABLE job_event (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        job_id bigint NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        state text NOT NULL,
        minor text NOT NULL,
        application_status text NOT NULL DEFAULT '',
        source text NOT NULL,
        attempt integer NOT NULL
      );
      CREATE INDEX job_event_job ON job_event (job_id, id);
      CREATE TABLE job_log (
        job_id bigint NOT NULL,
        n integer NOT NULL,
        stream text NOT NULL CHECK (stream IN ('stdout', 'stderr')),
        start bigint NOT NULL,
        bytes bytea NOT NULL,
        PRIMARY KEY (job_id, n, stream, start)
      );
      CREATE TABLE sandbox (digest text PRIMARY KEY, size bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
      -- Whose jobs may name the sandbox: whoever has uploaded it.
      CREATE TABLE sandbox_owner (
        digest text NOT NULL REFERENCES sandbox,
        vo text NOT NULL,
        owner text NOT NULL,
        PRIMARY KEY (digest, vo, owner)
      );
      -- One row: when the service last lived, and since when without a gap. Leases don't run during a gap.
      CREATE TABLE centre (
        id integer PRIMARY KEY CHECK (id = 1),
        alive_at timestamptz NOT NULL DEFAULT now(),
        up_since timestamptz NOT NULL DEFAULT now()
      );
      INSERT INTO centre (id) VALUES (1);
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE centre, sandbox_owner, sandbox, job_log, job_event, attempt, waiting_job, job,
      job_transition, task_queue, payload`);
    await db.query('DROP FUNCTION refuse_illegal_job_step');
    await db.query('DROP SEQUENCE job_id_seq');
  }
}
