import { WmsError } from '@pilotfish/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRecord } from './parse.ts';
import { parseJdl } from './parse-jdl.ts';

const run = (body: string) => parseJdl(`Executable = "run.sh"; ${body}`).description;

function flawsOf(text: string): { pointer: string; detail: string }[] {
  try {
    parseJdl(text);
  } catch (error) {
    if (error instanceof WmsError && error.code === 'bad-description') return [...error.flaws];
    throw error;
  }
  return [];
}

/** A value as JDL writes it. */
function printed(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(printed).join(', ')}}`;
  if (typeof value !== 'string') return String(value);
  const escapes: Record<string, string> = { '\n': '\\n', '"': '\\"', '\\': '\\\\' };
  return `"${value.replace(/[\n"\\]/g, (character) => escapes[character]!)}"`;
}

describe('parseJdl', () => {
  it('reads a job with every way of writing values', () => {
    const { description, inputFiles } = parseJdl(`[
      // a comment
      JobName = "first"; /* another
      over two lines */ executable = run.sh; # a third
      Arguments = "-a 'two words' \\"three more words\\" http://host/#x";
      StdOutput = "out"; StdError = 'err';
      InputSandbox = {"run.sh", "LFN:/vo/x.tgz"};
      OutputSandbox = {out, err};
      InputData = "LFN:/vo/a,LFN:/vo/b";
      CPUTime = "3600";
      WholeNode = True
    ]`);
    expect(description).toEqual({
      name: 'first',
      executable: 'run.sh',
      arguments: ['-a', 'two words', 'three more words', 'http://host/#x'],
      stdout: 'out',
      stderr: 'err',
      outputSandbox: ['out', 'err'],
      inputData: ['LFN:/vo/x.tgz', 'LFN:/vo/a', 'LFN:/vo/b'],
      resources: { cpuTimeS: 3600, wholeNode: true },
    });
    expect(inputFiles).toEqual(['run.sh']);
  });

  it('takes an exact number of processors before a range, and a lone maximum as 1 to maximum', () => {
    expect(run('NumberOfProcessors = 4; MaxNumberOfProcessors = 8;')).toMatchObject({
      resources: { processors: 4 },
      labels: { 'jdl.MaxNumberOfProcessors': '8' },
    });
    expect(run('MaxNumberOfProcessors = 8').resources).toEqual({ processors: { min: 1, max: 8 } });
    expect(run('MinNumberOfProcessors = 2').resources).toEqual({ processors: { min: 2 } });
    expect(run('MinNumberOfProcessors = 2; MaxNumberOfProcessors = 2').resources).toEqual({ processors: 2 });
  });

  it('moves CPUTime and Priority into DIRAC bounds', () => {
    expect(run('CPUTime = 5; Priority = 99')).toMatchObject({ priority: 10, resources: { cpuTimeS: 100 } });
    expect(run('CPUTime = 999999; Priority = -1')).toMatchObject({ priority: 0, resources: { cpuTimeS: 500_000 } });
  });

  it('counts memory in MB and points at values meant as GB', () => {
    expect(run('MinRAM = 1000; MaxRAM = 2000')).toMatchObject({
      resources: { memoryMb: 2000 },
      labels: { 'jdl.MinRAM': '1000' },
    });
    expect(flawsOf('Executable = "x";\nMaxRAM = 4;')).toEqual([
      { pointer: 'line 2, MaxRAM', detail: 'is in MB: for 4 GB write 4096' },
    ]);
    expect(flawsOf('Executable = "x"; MinRAM = 900; MaxRAM = 800;')).toHaveLength(1);
  });

  it('reads ANY as no restriction and joins spellings of one thing', () => {
    const { requirements } = run(
      'Site = "ANY"; BannedSites = {"A","B"}; GridCE = "ce"; Platform = "any"; Tag = "x"; Tags = {"x","y"};',
    );
    expect(requirements).toEqual({
      sites: [],
      bannedSites: ['A', 'B'],
      endpoints: ['ce'],
      platforms: [],
      tags: ['x', 'y'],
    });
    expect(run('Site = "A, B"').requirements).toEqual({ sites: ['A', 'B'] });
  });

  it('keeps what has no place as labels and decodes the environment', () => {
    expect(
      run(`OutputSE = {"SE1","SE2"}; LogLevel = DEBUG; OutputPath = "/p"; InputDataPolicy = "x"; JobConfigArgs = "c";
        ExecutionEnvironment = {"A=b%20c", "N=%s"};`),
    ).toMatchObject({
      labels: {
        'jdl.OutputSE': 'SE1,SE2',
        'jdl.LogLevel': 'DEBUG',
        'jdl.OutputPath': '/p',
        'jdl.InputDataPolicy': 'x',
        'jdl.JobConfigArgs': 'c',
      },
      environment: { A: 'b c', N: '%s' },
    });
  });

  it('takes the digest of an uploaded sandbox, which excludes local files', () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    expect(run(`InputSandbox = "SB:${digest}"`)).toMatchObject({ inputSandbox: digest });
    expect(flawsOf(`Executable = "x"; InputSandbox = {"${digest}", "file"};`)).toHaveLength(1);
    expect(flawsOf('Executable = "x"; InputSandbox = "SB:ProductionSE|/x.tar";')[0]?.detail).toContain('local files');
  });

  it('writes parametric sequences out', () => {
    expect(run('Parameters = {"a", 2, 007}').sweep).toEqual({ parameters: { s: ['a', 2, '007'] } });
    expect(run('Parameters = 4; ParameterStart = 1; ParameterStep = 2; ParameterFactor = 3').sweep).toEqual({
      parameters: { s: [1, 5, 17, 53] },
    });
    expect(run('Parameters = 2; ParameterStart.X = 5; ParameterStep.X = 5; Parameters.Y = {"a","b"};').sweep).toEqual({
      parameters: { X: [5, 10], Y: ['a', 'b'] },
    });
    expect(run('Parametric = "1:4,x"').sweep).toEqual({ parameters: { s: [1, 2, 3, 'x'] } });
    expect(parseJdl('Executable = e; Parameters = {a,b}; InputSandbox = {"in_%s", "all"};').inputFiles).toEqual([
      'in_a',
      'all',
      'in_b',
    ]);
  });

  it('refuses parametric forms that make no sense', () => {
    const detail = (body: string) => flawsOf(`Executable = "x"; ${body}`).map((flaw) => flaw.detail);
    expect(detail('Parameters.A = {1,2}; Parameters.B = {1};')[0]).toContain('equally long');
    expect(detail('Parameters = 99999999;')[0]).toContain('split');
    expect(detail('Parameters = {{1,2},{3}};')[0]).toContain('Parameters.A');
    expect(detail('ParameterStart = 1;')[0]).toContain('Parameters = <count>');
    expect(detail('Parameters = {};')).toHaveLength(1);
    expect(detail('Parametric = "1:10:-1"')[0]).toContain('step');
  });

  it('gathers several flaws with line, attribute and fix', () => {
    const flaws = flawsOf(`[
      Executble = "run.sh";
      NumberOfProcessors = many;
      CPUTime = 100
      Owner = "me";
      StdOutput = "/etc/passwd";
      MaxNumberOfProcessors = 5000;
      JobName = "open;
      JobName = "again";
      JobRequirements = [ CPUTime = 5; ];
    ]`);
    expect(flaws.map(({ pointer }) => pointer)).toEqual([
      'line 1, Executable',
      'line 2, Executble',
      'line 3, NumberOfProcessors',
      'line 4, CPUTime',
      'line 5, Owner',
      'line 6, StdOutput',
      'line 7, MaxNumberOfProcessors',
      'line 8, JobName',
      'line 10, JobRequirements',
    ]);
    expect(flaws.map(({ detail }) => detail)).toEqual([
      'is missing: add it',
      'is no JDL attribute: did you mean Executable?',
      'must be a whole number, not "many"'.replace('whole ', ''),
      'no ; after the value: add it',
      'is set by the server from your login: remove it',
      'must be a path inside the job folder',
      'must be at most 1024',
      expect.stringContaining('no closing "'),
      expect.stringContaining('nested'),
    ]);
  });

  it('names a doubled attribute, an open bracket and text after the end', () => {
    expect(flawsOf('Executable = "a";\nexecutable = "b";')).toEqual([
      { pointer: 'line 2, executable', detail: 'is given twice, first on line 1: keep one' },
    ]);
    expect(flawsOf('[Executable = "a";')[0]?.detail).toContain('closing ]');
    expect(flawsOf('[Executable = "a";] [Executable = "b";]')[0]?.detail).toContain('after the closing ]');
    expect(flawsOf('Executable = two words;')).toHaveLength(1);
    expect(flawsOf('')).toEqual([{ pointer: 'line 1, Executable', detail: 'is missing: add it' }]);
  });

  it('gives back every value that is printed', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', maxDepth: 4 },
        fc.string({ unit: 'binary' }),
        fc.integer(),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 4 }),
      ),
    })).value;
    const plain = (read: ReturnType<typeof parseRecord>['attributes'][number]['value']): unknown => {
      if (read.kind === 'list') return read.items.map(plain);
      return read.kind === 'string' ? read.text : read.value;
    };
    fc.assert(
      fc.property(value, (original) => {
        const { attributes, flaws } = parseRecord(`[ Key = ${printed(original)}; ]`);
        expect(flaws).toEqual([]);
        expect(attributes.map((attribute) => plain(attribute.value))).toEqual([original]);
      }),
    );
  });

  it('throws nothing but bad-description on any text', () => {
    const piece = fc.constantFrom(
      ...[
        'Executable',
        'Parameters',
        'Parameters.x',
        'MaxRAM',
        'Tags',
        'Arguments',
        'InputSandbox',
        'Site',
        '__proto__',
      ],
      ...[
        '=',
        ';',
        '{',
        '}',
        '[',
        ']',
        ',',
        '"',
        "'",
        '\\',
        '\n',
        ' ',
        '#',
        '//',
        '/*',
        '*/',
        '%s',
        '1',
        '-2e999',
        'true',
      ],
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (jdl) => void flawsOf(jdl)),
      { numRuns: 1000 },
    );
    expect(flawsOf(`A = ${'{'.repeat(100_000)}`).length).toBeGreaterThan(0);
  });
});
