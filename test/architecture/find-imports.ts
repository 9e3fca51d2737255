// Every way a file can name another module: import, export from, import(), require() and import types.
import { type Node, type Syntax, stringOf, walk } from './syntax.ts';

export interface FoundImport {
  readonly specifier: string;
  readonly line: number;
  /** Erased when compiled: `import type`, `export type … from`, `import('x').T`. */
  readonly typeOnly: boolean;
  /** Loaded when reached, so it can't close a cycle at load time. */
  readonly lazy: boolean;
  /** Names taken from the module, as it calls them; `default` and `*` included. */
  readonly names: readonly string[];
}

type Kind = Pick<FoundImport, 'typeOnly' | 'lazy'> & { readonly source: unknown };

export function findImports(syntax: Syntax): FoundImport[] {
  const found: FoundImport[] = [];
  walk(syntax.program, (node) => {
    const kind = kindOf(node);
    const specifier = stringOf(kind?.source);
    if (kind === undefined || specifier === undefined) return;
    const { typeOnly, lazy } = kind;
    found.push({ specifier, line: syntax.lineAt(node.start), typeOnly, lazy, names: namesOf(node) });
  });
  return found;
}

function kindOf(node: Node): Kind | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return { source: node.source, typeOnly: node.importKind === 'type', lazy: false };
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return { source: node.source, typeOnly: node.exportKind === 'type', lazy: false };
    case 'ImportExpression':
    case 'TSImportType':
      return { source: node.source, typeOnly: node.type === 'TSImportType', lazy: true };
    case 'CallExpression':
      return isRequire(node.callee) ? { source: firstOf(node.arguments), typeOnly: false, lazy: true } : undefined;
    default:
      return undefined;
  }
}

function isRequire(callee: unknown): boolean {
  return (callee as Node).type === 'Identifier' && (callee as Node).name === 'require';
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

function namesOf(node: Node): string[] {
  const specifiers = Array.isArray(node.specifiers) ? (node.specifiers as Node[]) : [];
  return specifiers.map((one) => {
    if (one.type === 'ImportDefaultSpecifier') return 'default';
    if (one.type === 'ImportNamespaceSpecifier') return '*';
    const imported = (one.imported ?? one.local) as Node;
    return String(imported.name ?? imported.value);
  });
}
