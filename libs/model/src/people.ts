import type { VmId } from './ids.ts';

/** Roles, weakest first. An operator serves all VOs; the others belong to one. */
export const ROLES = ['user', 'vo-admin', 'operator'] as const;
export type Role = (typeof ROLES)[number];

export interface Vo {
  readonly name: string;
  readonly description: string;
  /** Share weight against the other VOs. */
  readonly weight: number;
}

export interface User {
  readonly name: string;
  readonly vo: string | null;
  readonly group: string;
  readonly role: Role;
}

/** Who is calling, as verified; never what the request claims. */
export type Caller =
  | {
      readonly kind: 'user';
      readonly name: string;
      readonly vo: string | null;
      readonly group: string;
      readonly role: Role;
    }
  | { readonly kind: 'vm'; readonly vmId: VmId; readonly vo: string };
