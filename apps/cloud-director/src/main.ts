import { makeLog, runService } from '@pilotfish/service-kit';
import { readDirectorConfig } from './config.ts';
import { startDirector } from './director.ts';

const config = readDirectorConfig();
const log = makeLog('cloud-director', config.logLevel);

await runService({ log, env: config.lifecycle, start: () => startDirector(config, log) });
