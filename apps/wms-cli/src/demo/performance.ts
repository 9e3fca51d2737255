// The demo from curtain to curtain: the steps in order, each telling what it does.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFinalState, routes } from '@pilotfish/api-contract';
import type { Embedded } from '../embedded/start-embedded.ts';
import { unpackSandbox } from '../sandbox/unpack.ts';
import { type Account, account, brokenRules } from './account.ts';
import { type Actor, assemble, type Cast } from './cast.ts';
import { type Grid, gridOf, writePicture } from './picture.ts';
import {
  type Submitted,
  submitFailing,
  submitImpossible,
  submitOneLiner,
  submitPicture,
  submitWholeNode,
  wms,
} from './scenes.ts';
import { look, type Progress } from './watch.ts';

export interface Stage {
  readonly tiles: number;
  /** Where the results go. */
  readonly folder: string;
  /** The CLI's own bundle. */
  readonly program: string;
  readonly say: (text: string) => void;
  readonly progress: Progress;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Result {
  readonly submitted: Submitted;
  /** Jobs that measure how fast a warm pilot starts one. */
  readonly probes: readonly number[];
  readonly account: Account;
  readonly picture: string;
  readonly broken: readonly string[];
}

const LOOK_MS = 250;
const LONGEST_MS = 600_000;
const PROBES = 10;
const DOWNLOADS_AT_ONCE = 6;

export async function perform(service: Embedded, stage: Stage): Promise<Result> {
  const cast = await assemble(service.url, service.operatorToken);
  stage.say('Two VOs, astro (alice) and bio (bob), each with a VM profile of 4 cores; no VM runs yet.');
  const submitted = await submitAll(cast, service.url, stage);
  await until(
    cast,
    stage,
    ({ counts }) => Object.entries(counts).every(([state, n]) => n === 0 || isFinalState(state)),
    'jobs to end',
  );
  const probes = await probeWarmPilot(cast, stage);
  const picture = await collect(cast, submitted, stage);
  stage.say(
    (await wms(stage.program, service.url, cast.bob, ['logs', String(submitted.oneLiner)])).text.replace(
      /^/gm,
      '  one-liner says: ',
    ),
  );
  stage.say('Idle VMs retire by themselves:');
  await until(cast, stage, ({ vms }) => vms.length === 0, 'VMs to retire');
  const ids = [...submitted.tiles.values(), submitted.wholeNode, submitted.oneLiner, submitted.failing, ...probes];
  const found = await account(cast, ids);
  const { broken } = await cast.operator.call(routes.checkInvariants, { query: { atRest: 'true' } });
  return {
    submitted,
    probes,
    account: found,
    picture,
    broken: [...broken, ...brokenRules(found, submitted.wholeNode)],
  };
}

async function submitAll(cast: Cast, url: string, stage: Stage): Promise<Submitted> {
  const grid = gridOf(stage.tiles);
  const refused = await submitImpossible(stage.program, url, cast.bob);
  stage.say(`A job for 512 cores is refused at once:\n${refused.replace(/^/gm, '  ')}`);
  const wholeNode = await submitWholeNode(cast.bob);
  const tiles = await submitPicture(cast.alice, grid, stage.sleep);
  const oneLiner = await submitOneLiner(stage.program, url, cast.bob);
  const failing = await submitFailing(cast.bob);
  stage.say(
    `Submitted: a picture in ${tiles.size} tiles (1, 2 and 4 cores), a whole-node job, a one-liner, a job that fails.`,
  );
  return { tiles, wholeNode, oneLiner, failing, refused };
}

async function until(
  cast: Cast,
  stage: Stage,
  done: (moment: Awaited<ReturnType<typeof look>>) => boolean,
  what: string,
): Promise<void> {
  for (let waited = 0; waited < LONGEST_MS; waited += LOOK_MS) {
    const moment = await look(cast);
    stage.progress.show(moment);
    if (done(moment)) return stage.progress.end();
    await stage.sleep(LOOK_MS);
  }
  stage.progress.end();
  throw new Error(`waited ${LONGEST_MS / 1000} s for ${what}; \`wms director log\` and \`wms why\` tell more`);
}

/** One at a time, so that each finds a pilot that waits for it. */
async function probeWarmPilot(cast: Cast, { say }: Stage): Promise<number[]> {
  const ids: number[] = [];
  for (let i = 0; i < PROBES; i++) {
    const body = { name: 'probe', executable: '/bin/true' };
    const { ids: made } = await cast.alice.client.call(routes.submitJob, { body });
    ids.push(made[0]!);
    await cast.alice.client.call(routes.showJob, {
      params: { id: String(made[0]) },
      query: { waitS: 50 },
      timeoutMs: 60_000,
    });
  }
  say(`${PROBES} more jobs, one at a time, measured how fast a warm pilot starts one.`);
  return ids;
}

async function collect(cast: Cast, { tiles }: Submitted, stage: Stage): Promise<string> {
  const grid: Grid = gridOf(stage.tiles);
  const pixels = new Map<number, Uint8Array>();
  const left = [...tiles];
  const download = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop())
      pixels.set(next[0], await tileOf(cast.alice, next, stage.folder));
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, download));
  const picture = join(stage.folder, 'picture.png');
  await writePicture(grid, pixels, picture);
  stage.say(`The picture is whole: ${picture}`);
  return picture;
}

async function tileOf({ client }: Actor, [tile, job]: readonly [number, number], folder: string): Promise<Uint8Array> {
  const archive = await client.bytes(routes.jobOutput, { params: { id: String(job) } });
  const place = join(folder, 'output', String(job));
  await mkdir(place, { recursive: true });
  await unpackSandbox(archive, place);
  return readFile(join(place, `tile_${tile}.rgb`));
}
