import { job } from '@pilotfish/model/src/job.ts'; // breaks: deep-imports
import { aJob } from '@pilotfish/test-kit'; // breaks: test-kit
import { config } from '../../../libs/service-kit/src/config.ts'; // breaks: package-names
import { start } from './start.ts';

start(job, aJob, config);
