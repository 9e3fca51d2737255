// A job starts only where it can finish: the node must live at least as long as the job's processor time.
import { duration } from '../amounts.ts';
import type { Criterion } from '../need.ts';

export const timeLeft: Criterion = ({ requirements: { cpuTimeS } }, { timeLeftS }) =>
  cpuTimeS <= timeLeftS
    ? undefined
    : {
        criterion: 'time-left',
        reason: `asks for ${duration(cpuTimeS)} of processor time; the node has ${duration(timeLeftS)} left`,
      };
