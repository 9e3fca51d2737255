// The port to VOs, people, their tokens and the audit. Every change writes its audit record in the same transaction.
import type { Caller, User, Vo } from '@pilotfish/model';

export interface NewToken {
  /** `hash` of makePersonalToken. */
  readonly hash: Buffer;
  readonly label: string;
  /** Null: until it is revoked. */
  readonly expiresAt: Date | null;
}

export interface TokenRecord {
  readonly id: number;
  readonly user: string;
  readonly label: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  /** To the minute. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface PeopleStore {
  vos(): Promise<readonly Vo[]>;
  /** Creates or changes. */
  putVo(vo: Vo, actor: string): Promise<void>;
  /** Null: of all VOs. */
  users(vo: string | null): Promise<readonly User[]>;
  findUser(name: string): Promise<User | undefined>;
  /** Adds the user and a first token; returns its id. Throws WmsError `already-exists`, `unknown-vo` or `bad-request`. */
  addUser(user: User, token: NewToken, actor: string): Promise<number>;
  /** Undefined when the token is unknown, revoked or expired, or its user disabled. */
  callerOfToken(hash: Buffer): Promise<Caller | undefined>;
  /** Returns the token's id. Throws WmsError `not-found`. */
  issueToken(user: string, token: NewToken, actor: string): Promise<number>;
  tokens(user: string): Promise<readonly TokenRecord[]>;
  /** Again on a revoked one changes nothing. Throws WmsError `not-found`. */
  revokeToken(user: string, id: number, actor: string): Promise<void>;
  /** `detail` holds no secret. */
  audit(actor: string, action: string, subject: string, detail: Readonly<Record<string, unknown>>): Promise<void>;
}
