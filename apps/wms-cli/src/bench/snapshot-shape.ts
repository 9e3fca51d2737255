// What a large community's task queues looked like one night: LHCb, 28 March 2026, 871,973 waiting jobs in 501 queues,
// 60 sites, one owner with most of it. Published are the distributions of each property alone; which go together is
// our reading of them (the classes' sums are those of the published tables). Sites and owners have names of our own;
// an owner is one person in one group, as DIRAC's queues have it: one of them holds 81 % of the jobs.

export const SNAPSHOT = { waiting: 871_973, queues: 501 } as const;

/** Processor levels from the oldest on; a job that names one runs on every later one too, so it names those as well. */
const MODERN = ['x86_64_v4', 'x86_64_v3', 'broadwell', 'skylake_avx512', 'haswell', 'skylake', 'cannonlake'];
const OLD = ['westmere', 'nehalem', 'sandybridge', 'ivybridge', 'x86_64_v2'];
const OLDEST = ['core2', 'x86_64'];
const ARM = ['armv8.1_a', 'armv8.2_a', 'armv8.3_a'];

const on = (systems: readonly string[], levels: readonly string[]): readonly string[] =>
  systems.flatMap((system) => levels.map((level) => `${level}-${system}`));

const CENTOS7 = [...on(['any'], MODERN), ...on(['any', 'centos7'], OLD), ...on(['centos7'], MODERN)];
const SLC6 = on(['any', 'slc6'], [...MODERN, ...OLD, ...OLDEST]);
const EL9_MODERN = on(['any', 'el9'], MODERN);
const EL9_OLD = on(['any', 'el9'], [...MODERN, ...OLD]);
const EL9_ARM = on(['any', 'el9'], ARM);

/** Sizes of a group's queues at equal steps from the smallest to the largest. */
const SIZES = {
  simulation: [
    254, 410, 463, 517, 613, 1165, 1691, 1800, 2448, 2551, 2747, 2806, 2843, 2960, 4009, 4095, 4145, 4924, 4944, 4951,
    4966,
  ],
  data: [1, 3, 7, 11, 18, 37, 46, 63, 114, 179, 244, 331, 454, 591, 801, 1292, 1460, 2134, 2451, 3131, 4426],
  merging: [1, 1, 2, 2, 2, 2, 5, 5, 5, 5, 5, 62, 62, 79, 79, 136, 136, 232, 232, 490, 490],
  users: [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 5, 5, 7, 7],
} as const;

/** How many of a group's queues have each value. */
type Mix<T> = readonly (readonly [value: T, queues: number])[];

/** Seconds of processor time. */
const CPU_TIME = {
  simulation: [
    [21_600, 41],
    [43_200, 3],
    [86_400, 10],
    [172_800, 31],
    [259_200, 88],
    [345_600, 54],
    [518_400, 10],
    [691_200, 27],
    [864_000, 5],
  ],
  data: [
    [345_600, 2],
    [1_080_000, 208],
  ],
  merging: [[172_800, 10]],
  users: [
    [86_400, 1],
    [1_080_000, 8],
  ],
} as const satisfies Record<string, Mix<number>>;

const JOB_TYPES = {
  simulation: [
    ['MCSimulation', 184],
    ['MCFastSimulation', 85],
  ],
  data: [
    ['WGProduction', 198],
    ['Sprucing', 6],
    ['Merge', 2],
    ['APMerge', 1],
    ['APPostProc', 3],
  ],
  merging: [
    ['MCReconstruction', 6],
    ['MCMerge', 4],
  ],
  users: [
    ['User', 8],
    ['LbAPI', 1],
  ],
} as const satisfies Record<string, Mix<string>>;

export type Group = keyof typeof SIZES;

export interface QueueClass {
  readonly group: Group;
  readonly owner: string;
  readonly queues: number;
  readonly jobs: number;
  readonly platforms: readonly string[];
}

export const CLASSES: readonly QueueClass[] = [
  { group: 'simulation', owner: 'simulation-production', queues: 257, jobs: 661_039, platforms: CENTOS7 },
  { group: 'data', owner: 'data-production', queues: 178, jobs: 125_777, platforms: EL9_ARM },
  { group: 'data', owner: 'data-production', queues: 32, jobs: 36_886, platforms: EL9_MODERN },
  { group: 'simulation', owner: 'simulation-production', queues: 7, jobs: 28_891, platforms: SLC6 },
  { group: 'simulation', owner: 'simulation-production', queues: 5, jobs: 18_232, platforms: EL9_MODERN },
  { group: 'merging', owner: 'merging-production', queues: 9, jobs: 1_009, platforms: EL9_OLD },
  { group: 'users', owner: 'someone', queues: 9, jobs: 23, platforms: EL9_MODERN },
  { group: 'merging', owner: 'merging-production', queues: 1, jobs: 2, platforms: EL9_OLD },
  { group: 'data', owner: 'analysis', queues: 3, jobs: 114, platforms: [] },
];

/** Simulation may run everywhere; all other queues name few sites, and these more often than others. */
export const SITES = 60;
export const NAMED_BY_OTHERS: readonly number[] = [
  99, 35, 32, 38, 30, 28, 15, 38, 28, 23, 28, 10, 10, 9, 12, 9, 9, 11, 8, 7, 4, 1,
];
export const siteName = (index: number): string => `site-${String(index + 1).padStart(2, '0')}`;

export const sizesOf = (group: Group): readonly number[] => SIZES[group];
export const cpuTimesOf = (group: Group): Mix<number> => CPU_TIME[group];
export const jobTypesOf = (group: Group): Mix<string> => JOB_TYPES[group];

/** What pilots on the community's nodes say of their platform, and how many in eight say it. */
export const NODE_PLATFORMS: Mix<readonly string[]> = [
  [['x86_64_v3-centos7', 'x86_64_v3-el9', 'x86_64_v3-slc6'], 7],
  [['armv8.2_a-el9'], 1],
];
