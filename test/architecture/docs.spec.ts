// The pages stay true where a machine can tell: links lead somewhere, code that is named is there, state tables and
// error codes are those of the code.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ATTEMPT_TRANSITIONS, ERROR_CODES, JOB_TRANSITIONS, VM_TRANSITIONS } from '@pilotfish/model';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'bad-tree']);
const LINK = /\[([^\]]*)\]\(([^()\s]+)\)/g;

interface Link {
  readonly page: string;
  readonly text: string;
  readonly target: string;
}

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

function pagesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : pagesBelow(path);
    return entry.name.endsWith('.md') ? [relative(root, path)] : [];
  });
}

/** Without code blocks, where brackets mean other things. */
function linksOf(page: string): Link[] {
  const prose = read(page).replace(/^```[\s\S]*?^```/gm, '');
  return [...prose.matchAll(LINK)]
    .map(([, text, target]) => ({ page, text: text ?? '', target: target ?? '' }))
    .filter(({ target }) => !/^[a-z]+:/.test(target));
}

const pathOf = ({ page, target }: Link): string => join(root, dirname(page), decodeURI(target.split('#')[0] ?? ''));

/** As GitHub makes them of headings. */
function anchorsOf(path: string): Set<string> {
  const headings = readFileSync(path, 'utf8').matchAll(/^#{1,6}\s+(.+)$/gm);
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-');
  return new Set([...headings].map(([, heading]) => slug(heading ?? '')));
}

function isBroken(link: Link): boolean {
  const anchor = link.target.split('#')[1];
  const path = link.target.startsWith('#') ? join(root, link.page) : pathOf(link);
  if (!existsSync(path)) return true;
  return anchor !== undefined && path.endsWith('.md') && !anchorsOf(path).has(anchor);
}

/** A link whose text is a name in code, to a source file. */
function namesMissingCode(link: Link): boolean {
  const name = /^`([A-Za-z_$][\w$]*)`$/.exec(link.text)?.[1];
  if (name === undefined || !link.target.endsWith('.ts') || !existsSync(pathOf(link))) return false;
  return !new RegExp(`\\b${name}\\b`).test(readFileSync(pathOf(link), 'utf8'));
}

/** State → what it may become, as the table under a heading of states.md says. */
function tableUnder(heading: string): Record<string, string[]> {
  const section = read('docs/reference/states.md').split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `(\w+)` \|[^|]*\| ([^|]*) \|$/gm)];
  return Object.fromEntries(rows.map(([, state, next]) => [state, next === 'none' ? [] : (next ?? '').split(', ')]));
}

describe('the pages', () => {
  const pages = pagesBelow(root);
  const links = pages.flatMap(linksOf);
  const told = (wrong: readonly Link[]) => wrong.map(({ page, text, target }) => `${page}: [${text}](${target})`);

  it('are found', () => {
    expect(pages).toContain('README.md');
    expect(links.length).toBeGreaterThan(50);
  });

  it('have no relative link that leads nowhere', () => {
    expect(told(links.filter(isBroken))).toEqual([]);
  });

  it('name only code that stands in the file they point to', () => {
    expect(told(links.filter(namesMissingCode))).toEqual([]);
  });

  it.each([
    ['Jobs', JOB_TRANSITIONS],
    ['Attempts', ATTEMPT_TRANSITIONS],
    ['VMs', VM_TRANSITIONS],
  ])('show every state of %s and every step it may take', (heading, transitions) => {
    expect(tableUnder(heading)).toEqual(transitions);
  });

  it('show every error code', () => {
    const page = read('docs/reference/http-api.md');
    expect(ERROR_CODES.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });

  it('give every app and lib its own', () => {
    const projects = ['apps', 'libs'].flatMap((top) =>
      readdirSync(join(root, top))
        .map((name) => `${top}/${name}`)
        .filter((folder) => statSync(join(root, folder)).isDirectory()),
    );
    expect(projects.filter((folder) => !pages.includes(`${folder}/README.md`))).toEqual([]);
  });
});
