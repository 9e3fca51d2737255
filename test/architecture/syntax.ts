// Parses a source file once and lets rules walk it; line numbers come from offsets.
import { parseSync } from 'vite';

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

export interface Syntax {
  readonly program: Node;
  /** 1-based. */
  lineAt(offset: number): number;
}

/** Throws with the file's name when it isn't valid TypeScript or JavaScript. */
export function parseFile(path: string, text: string): Syntax {
  const { program, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  return {
    program: program as unknown as Node,
    lineAt: (offset) => text.slice(0, offset).split('\n').length,
  };
}

/** Visits every node, parents first; `field` is the parent's field the node stands in. */
export function walk(
  node: Node,
  visit: (node: Node, parent: Node | undefined, field: string) => void,
  parent?: Node,
  field = '',
): void {
  visit(node, parent, field);
  for (const [name, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) walk(child, visit, node, name);
    }
  }
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** The text of a string literal, else undefined. */
export function stringOf(value: unknown): string | undefined {
  return isNode(value) && value.type === 'Literal' && typeof value.value === 'string' ? value.value : undefined;
}

/** `a.b.c` for a plain member chain, `a` for an identifier, else undefined. */
export function dottedName(value: unknown): string | undefined {
  if (!isNode(value)) return undefined;
  if (value.type === 'Identifier') return value.name as string;
  if (value.type !== 'MemberExpression') return undefined;
  const object = dottedName(value.object);
  const property = value.computed ? stringOf(value.property) : dottedName(value.property);
  return object === undefined || property === undefined ? undefined : `${object}.${property}`;
}

/** Whether an identifier reads a variable, and doesn't merely name a property, a key or a type. */
export function isReference(node: Node, parent: Node | undefined, field: string): boolean {
  if (node.type !== 'Identifier' || parent === undefined) return false;
  if (parent.type === 'MemberExpression') return field === 'object' || parent.computed === true;
  if (field === 'key') return parent.computed === true;
  return !parent.type.startsWith('TS') || parent.type.endsWith('Expression');
}
