// The tree of shares, VO → group → user, as an administrator writes it, and where an owner's queues stand in it.
import type { Need } from '../need.ts';
import type { Level, Place } from '../turn.ts';

export interface ShareNode {
  /** In proportion to its siblings; 1 when absent. 0 means background. */
  readonly weight?: number;
  /** Core-seconds that it may catch up at once after a rest; 0 when absent. */
  readonly burstCoreS?: number;
  /** It, and all below it, is served only when nothing else fits. */
  readonly background?: boolean;
  /** A group whose members share one leaf, served by age; otherwise each user has a leaf. */
  readonly shared?: boolean;
  /** Those not named here have the defaults. */
  readonly members?: Readonly<Record<string, ShareNode>>;
}

/** Members are VOs, theirs groups, theirs users. */
export type ShareTree = Pick<ShareNode, 'members'>;

export type Who = Pick<Need, 'vo' | 'group' | 'owner'>;

export const ROOT = '';
export const BACKGROUND_ROOT = '~';

/** Accounts of background work are apart: it never counts against a share. */
export function placeOf(tree: ShareTree, { vo, group, owner }: Who): Place {
  const voNode = memberOf(tree, vo);
  const groupNode = memberOf(voNode, group);
  const userNode = memberOf(groupNode, owner);
  const nodes = groupNode.shared ? [voNode, groupNode] : [voNode, groupNode, userNode];
  const background = nodes.some(isBackground);
  const keys = [plain(vo), plain(group), owner];
  const prefix = background ? `${BACKGROUND_ROOT}/` : '';
  return {
    background,
    root: background ? BACKGROUND_ROOT : ROOT,
    levels: nodes.map((node, depth) => levelOf(node, prefix + keys.slice(0, depth + 1).join('/'))),
  };
}

function levelOf({ weight = 1, burstCoreS = 0 }: ShareNode, key: string): Level {
  return { key, weight: weight > 0 ? weight : 1, burstCoreS };
}

function isBackground({ background, weight = 1 }: ShareNode): boolean {
  return background === true || weight <= 0;
}

const PLAIN: ShareNode = {};

function memberOf(node: ShareTree, name: string): ShareNode {
  return node.members !== undefined && Object.hasOwn(node.members, name) ? node.members[name]! : PLAIN;
}

/** Keeps keys apart: only the last part may hold a slash. */
function plain(name: string): string {
  return name.replace(/[%/~]/g, encode);
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`;
}
