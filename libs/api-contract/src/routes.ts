import { fleetRoutes } from './fleet.ts';
import { jobRoutes } from './job-routes.ts';
import { peopleRoutes } from './people.ts';
import { shareRoutes } from './shares.ts';
import { workerRoutes } from './worker.ts';

/** Every call of the service. */
export const routes = { ...jobRoutes, ...fleetRoutes, ...peopleRoutes, ...shareRoutes, ...workerRoutes } as const;
export type RouteId = keyof typeof routes;
