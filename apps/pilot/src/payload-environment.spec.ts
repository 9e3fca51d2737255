import { describe, expect, it } from 'vitest';
import { payloadEnvironment } from './payload-environment.ts';
import { anAssignment } from './worker-door.fixture.ts';

const sources = {
  vmId: 'the-vm',
  inherited: { PATH: '/bin', LANG: 'C' },
  profile: { LANG: 'de', SITE: 'x' },
  jobFolder: '/w/1.1/job',
  tmpFolder: '/w/1.1/tmp',
  nodeBinary: '/opt/node/bin/node',
};
const asking = (environment: Record<string, string>) =>
  payloadEnvironment(anAssignment(1, { payload: { ...anAssignment(1).payload, environment } }), sources);

describe('the payload’s environment', () => {
  it('lets the profile win over the node and the user over both', () => {
    expect(asking({})).toMatchObject({ LANG: 'de', SITE: 'x', HOME: '/w/1.1/job', TMPDIR: '/w/1.1/tmp' });
    expect(asking({ LANG: 'fr', OMP_NUM_THREADS: '1' })).toMatchObject({ LANG: 'fr', OMP_NUM_THREADS: '1' });
  });

  it('never lets the user forge who the attempt is', () => {
    const forged = asking({ JOBID: '9', PILOTFISH_ATTEMPT: '9', PILOTFISH_VM: 'other', PILOTFISH_OWNER: 'eve' });
    expect(forged).toMatchObject({
      JOBID: '1',
      PILOTFISH_ATTEMPT: '1',
      PILOTFISH_VM: 'the-vm',
      PILOTFISH_OWNER: 'ada',
    });
  });

  it('has the node binary’s folder last on PATH', () => {
    expect(asking({}).PATH).toBe('/bin:/opt/node/bin');
  });
});
