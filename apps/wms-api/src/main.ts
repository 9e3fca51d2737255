import { centreAlive } from '@pilotfish/persistence';
import { makeLog, runService } from '@pilotfish/service-kit';
import { readApiConfig } from './config.ts';
import { firstOperator } from './first-operator.ts';
import { serve } from './server.ts';
import { openApi } from './wiring.ts';

const VERSION = '0.1.0';
const ALIVE_MS = 5000;

const config = readApiConfig();
const log = makeLog('wms-api', config.logLevel);

await runService({
  log,
  env: config.lifecycle,
  start: async () => {
    const api = await openApi(config, log);
    if (config.operatorTokenFile) await firstOperator(api, config.operatorTokenFile);
    await centreAlive(api.db);
    const { app, port } = await serve(config, api, log, VERSION);
    const alive = setInterval(() => void centreAlive(api.db).catch(() => undefined), ALIVE_MS);
    return {
      info: { port },
      async stop() {
        clearInterval(alive);
        api.orders.close();
        await app.close();
        await api.close();
      },
    };
  },
});
