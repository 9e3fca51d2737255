// What the people of the demo submit. The picture goes in as JDL, the one-liners through the `wms` command itself.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { jobRoutes } from '@pilotfish/api-contract';
import { parseJdl } from '@pilotfish/job-description';
import { packSandbox } from '../sandbox/pack.ts';
import { prepareJob } from '../submission/prepare-job.ts';
import type { FoundJob } from '../submission/read-jobs.ts';
import { submitOne, uploadSandboxes } from '../submission/send-jobs.ts';
import { type Actor, VM_CORES } from './cast.ts';
import { RENDER_PROGRAM } from './payload-program.ts';
import { coresOfTiles, type Grid } from './picture.ts';

const run = promisify(execFile);

export interface Submitted {
  /** Job id of each tile. */
  readonly tiles: ReadonlyMap<number, number>;
  readonly wholeNode: number;
  readonly oneLiner: number;
  readonly failing: number;
  /** The refusal's text. */
  readonly refused: string;
}

/** (a) One parametric JDL per number of cores; its members share one input sandbox. */
export function pictureJdl({ columns, rows, size }: Grid, cores: number, tiles: readonly number[]): string {
  return `[
  JobName = "tile";
  JobGroup = "picture";
  Executable = "./render.mjs";
  Arguments = "%s ${columns} ${rows} ${size}";
  Parameters = {${tiles.map((tile) => `"${tile}"`).join(', ')}};
  OutputSandbox = {"std.out", "tile_%s.rgb"};
  StdOutput = "std.out";
  NumberOfProcessors = ${cores};
  CPUTime = 3600;
]`;
}

export async function submitPicture(
  alice: Actor,
  grid: Grid,
  sleep: (ms: number) => Promise<void>,
): Promise<Map<number, number>> {
  const sandbox = packSandbox([{ name: 'render.mjs', content: Buffer.from(RENDER_PROGRAM), executable: true }]);
  const ids = new Map<number, number>();
  for (const [cores, tiles] of coresOfTiles(grid)) {
    if (tiles.length === 0) continue;
    const { description } = parseJdl(pictureJdl(grid, cores, tiles));
    const job: FoundJob = {
      description: { ...description, inputSandbox: sandbox.digest },
      inputFiles: [],
      folders: [],
    };
    const prepared = { ...(await prepareJob(job, {})), sandbox };
    await uploadSandboxes(alice.client, [prepared], sleep);
    const submitted = await submitOne(alice.client, prepared, sleep);
    for (const [index, tile] of tiles.entries()) ids.set(tile, submitted.ids[index]!);
  }
  return ids;
}

/** (b) Sees the whole node, and holds it for a moment, so that a job beside it would show. */
export async function submitWholeNode(bob: Actor): Promise<number> {
  const { ids } = await bob.client.call(jobRoutes.submitJob, {
    body: {
      name: 'whole-node',
      executable: '/bin/sh',
      arguments: [
        '-c',
        `test "$OMP_NUM_THREADS" = ${VM_CORES} && sleep 1 && echo "all $OMP_NUM_THREADS cores are mine"`,
      ],
      resources: { wholeNode: true, cpuTimeS: 3600 },
    },
  });
  return ids[0]!;
}

/** (d) Ends with exit code 7. */
export async function submitFailing(bob: Actor): Promise<number> {
  const { ids } = await bob.client.call(jobRoutes.submitJob, {
    body: { name: 'fails', executable: '/bin/sh', arguments: ['-c', 'echo "this job fails on purpose" >&2; exit 7'] },
  });
  return ids[0]!;
}

/** The `wms` command as a user types it; `program`: the CLI's own bundle. */
export async function wms(
  program: string,
  url: string,
  { token }: Actor,
  args: readonly string[],
): Promise<{ ok: boolean; text: string }> {
  const env = { PATH: '/usr/bin:/bin', WMS_URL: url, WMS_TOKEN: token, NO_COLOR: '1' };
  try {
    const { stdout } = await run(process.execPath, [program, ...args], { env });
    return { ok: true, text: stdout.trim() };
  } catch (error) {
    return { ok: false, text: ((error as { stderr?: string }).stderr ?? String(error)).trim() };
  }
}

/** (c) A one-liner in the manner of dsub. */
export async function submitOneLiner(program: string, url: string, bob: Actor): Promise<number> {
  const { ok, text } = await wms(program, url, bob, [
    'submit',
    '-q',
    '--name',
    'one-liner',
    '--',
    '/bin/echo',
    'hello from a pilot',
  ]);
  if (!ok) throw new Error(`wms submit failed: ${text}`);
  return Number(text);
}

/** (e) More cores than any profile has: refused at once, with the reason. */
export async function submitImpossible(program: string, url: string, bob: Actor): Promise<string> {
  const { ok, text } = await wms(program, url, bob, [
    'submit',
    '--name',
    'too-large',
    '--processors',
    '512',
    '--',
    '/bin/true',
  ]);
  if (ok) throw new Error(`a job for 512 cores was accepted: ${text}`);
  return text;
}
