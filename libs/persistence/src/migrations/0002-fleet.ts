import type { MigrationInterface, QueryRunner } from 'typeorm';

// Endpoints, profiles, the VM ledger, pilots and the director's orders.
export class Fleet0002 implements MigrationInterface {
  readonly name = 'Fleet1700000000002';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE endpoint (
        name text PRIMARY KEY,
        kind text NOT NULL,
        site text NOT NULL,
        enabled boolean NOT NULL DEFAULT true,
        max_vms integer NOT NULL,
        max_processors integer NOT NULL,
        settings jsonb NOT NULL DEFAULT '{}',
        observed_at timestamptz,
        reachable boolean NOT NULL DEFAULT true,
        problem text,
        machines jsonb NOT NULL DEFAULT '[]'
      );
      CREATE TABLE profile (
        vo text NOT NULL REFERENCES vo,
        name text NOT NULL,
        version integer NOT NULL,
        spec jsonb NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        retired_at timestamptz,
        PRIMARY KEY (vo, name, version)
      );
      CREATE TABLE vm_transition (from_state text, to_state text, PRIMARY KEY (from_state, to_state));
      CREATE TABLE vm (
        id uuid PRIMARY KEY,
        vo text NOT NULL REFERENCES vo,
        endpoint text NOT NULL REFERENCES endpoint,
        profile text NOT NULL,
        profile_version integer NOT NULL,
        state text NOT NULL,
        state_since timestamptz NOT NULL DEFAULT now(),
        processors integer NOT NULL,
        memory_mb integer NOT NULL,
        disk_mb integer NOT NULL,
        gpus integer NOT NULL,
        platforms text[] NOT NULL DEFAULT '{}',
        provider_id text,
        because text NOT NULL,
        retire_reason text,
        activation_hash bytea,
        activation_until timestamptz,
        public_key text,
        locked_at timestamptz,
        pilot_id uuid,
        health jsonb,
        console_tail text NOT NULL DEFAULT '',
        instruction_version bigint NOT NULL DEFAULT 1,
        ordered_at timestamptz NOT NULL DEFAULT now(),
        launched_at timestamptz,
        activated_at timestamptz,
        last_beat_at timestamptz,
        idle_since timestamptz,
        stopping_since timestamptz,
        ended_at timestamptz,
        FOREIGN KEY (vo, profile, profile_version) REFERENCES profile
      );
      CREATE INDEX vm_live ON vm (endpoint, vo) WHERE ended_at IS NULL;
      CREATE INDEX vm_newest ON vm (ordered_at DESC);
      CREATE INDEX vm_ended ON vm (ended_at);
      CREATE FUNCTION refuse_illegal_vm_step() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NOT EXISTS (SELECT 1 FROM vm_transition WHERE from_state = OLD.state AND to_state = NEW.state) THEN
          RAISE EXCEPTION 'vm % may not go from % to %', OLD.id, OLD.state, NEW.state USING ERRCODE = 'WM001';
        END IF;
        NEW.state_since := now();
        RETURN NEW;
      END $$;
      CREATE TRIGGER vm_step BEFORE UPDATE OF state ON vm FOR EACH ROW
        WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION refuse_illegal_vm_step();
      CREATE FUNCTION refuse_vo_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'vm % belongs to % for ever', OLD.id, OLD.vo USING ERRCODE = 'WM002';
      END $$;
      CREATE TRIGGER vm_vo BEFORE UPDATE OF vo ON vm FOR EACH ROW
        WHEN (OLD.vo IS DISTINCT FROM NEW.vo) EXECUTE FUNCTION refuse_vo_change();
      CREATE TABLE vm_event (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        vm_id uuid NOT NULL REFERENCES vm,
        at timestamptz NOT NULL DEFAULT now(),
        state text NOT NULL,
        because text NOT NULL
      );
      CREATE INDEX vm_event_vm ON vm_event (vm_id, id);
      CREATE TABLE vm_beat (
        vm_id uuid NOT NULL REFERENCES vm,
        at timestamptz NOT NULL DEFAULT now(),
        health jsonb NOT NULL,
        jobs integer NOT NULL,
        PRIMARY KEY (vm_id, at)
      );
      CREATE INDEX vm_beat_age ON vm_beat (at);
      CREATE TABLE pilot (
        id uuid PRIMARY KEY,
        vm_id uuid NOT NULL REFERENCES vm,
        version text NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        last_beat_at timestamptz NOT NULL DEFAULT now(),
        free jsonb NOT NULL DEFAULT '{}'
      );
      CREATE INDEX pilot_vm ON pilot (vm_id);
      CREATE TABLE fleet_action (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        kind text NOT NULL CHECK (kind IN ('launch', 'drain', 'stop', 'start', 'terminate')),
        vm_id uuid,
        vo text,
        endpoint text,
        profile text,
        because text NOT NULL,
        state text NOT NULL DEFAULT 'ordered' CHECK (state IN ('ordered', 'done', 'failed')),
        tries integer NOT NULL DEFAULT 0,
        ordered_at timestamptz NOT NULL DEFAULT now(),
        next_try_at timestamptz NOT NULL DEFAULT now(),
        ended_at timestamptz,
        failure text,
        problem text
      );
      CREATE INDEX fleet_action_open ON fleet_action (id) WHERE state = 'ordered';
      CREATE INDEX fleet_action_failed ON fleet_action (ended_at) WHERE state = 'failed';
      CREATE UNIQUE INDEX fleet_action_once ON fleet_action (vm_id, kind) WHERE state = 'ordered';
      -- Machines of ours at a cloud that the ledger doesn't know, with the time they were first seen.
      CREATE TABLE stranger (
        endpoint text NOT NULL REFERENCES endpoint,
        vm_id uuid NOT NULL,
        provider_id text NOT NULL,
        first_seen timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (endpoint, vm_id)
      );
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE stranger, fleet_action, pilot, vm_beat, vm_event, vm, vm_transition, profile, endpoint');
    await db.query('DROP FUNCTION refuse_illegal_vm_step, refuse_vo_change');
  }
}
