import { job } from '@pilotfish/model';

export const aJob = () => ({ ...job });
