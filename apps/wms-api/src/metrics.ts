// Prometheus metrics: what operators alarm on. Counts come from the database at scrape time.
import { type Database, sql } from '@pilotfish/persistence';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

const JOBS = sql(
  'metrics_jobs',
  `SELECT q.vo, 'Waiting' AS state, count(*)::int AS n FROM waiting_job w JOIN task_queue q ON q.id = w.queue_id GROUP BY 1
   UNION ALL
   SELECT j.vo, j.state, count(*)::int FROM attempt a JOIN job j ON j.id = a.job_id
   WHERE a.state IN ('Claimed', 'Running', 'Completing') GROUP BY 1, 2`,
);
const VMS = sql(
  'metrics_vms',
  'SELECT vo, endpoint, state, count(*)::int AS n FROM vm WHERE ended_at IS NULL GROUP BY 1, 2, 3',
);

export interface Metrics {
  readonly registry: Registry;
  observe(method: string, route: string, status: number, seconds: number): void;
}

export function metrics(db: Database): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'pilotfish_http_request_seconds',
    help: 'Time to answer, by route of the contract; held calls included',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.01, 0.05, 0.25, 1, 5, 30, 60],
    registers: [registry],
  });
  new Gauge({
    name: 'pilotfish_open_jobs',
    help: 'Jobs that have not ended',
    labelNames: ['vo', 'state'],
    registers: [registry],
    async collect() {
      this.reset();
      for (const { vo, state, n } of await db.rows<{ vo: string; state: string; n: number }>(JOBS))
        this.set({ vo, state }, n);
    },
  });
  new Gauge({
    name: 'pilotfish_vms',
    help: 'VMs that exist or may exist',
    labelNames: ['vo', 'endpoint', 'state'],
    registers: [registry],
    async collect() {
      this.reset();
      const rows = await db.rows<{ vo: string; endpoint: string; state: string; n: number }>(VMS);
      for (const { vo, endpoint, state, n } of rows) this.set({ vo, endpoint, state }, n);
    },
  });
  return {
    registry,
    observe: (method, route, status, seconds) => requests.observe({ method, route, status: String(status) }, seconds),
  };
}
