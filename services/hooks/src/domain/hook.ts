import type { Hook, HookEvent, HookState } from '@parley/contracts';

/** A webhook with its secrets, which are sealed. */
export interface StoredHook extends Omit<Hook, 'rooms' | 'secrets' | 'createdAt' | 'failingSince'> {
  secret: string;
  /** Signs as well until it expires. */
  oldSecret: { secret: string; until: Date } | null;
  failures: number;
  failingSince: Date | null;
  /** Its last answer took long, or did not come. */
  slow: boolean;
  createdAt: Date;
}

/** The parts of a webhook that change. */
export interface HookChanges {
  url?: string | undefined;
  description?: string | undefined;
  events?: HookEvent[] | undefined;
  programMessages?: boolean | undefined;
  state?: HookState | undefined;
  stateReason?: Hook['stateReason'] | undefined;
}

/** The secrets that sign at a time, the new one first, sealed. */
export const secretsOf = (
  { secret, oldSecret }: Pick<StoredHook, 'secret' | 'oldSecret'>,
  now: number,
): string[] => (oldSecret && oldSecret.until.getTime() > now ? [secret, oldSecret.secret] : [secret]);

/** A webhook as its owner sees it. @param rooms null for one of an organization */
export function toHook(stored: StoredHook, rooms: string[] | null, now: number): Hook {
  const { secret: _, oldSecret: __, failures: ___, slow: ____, failingSince, createdAt, ...hook } = stored;
  return {
    ...hook,
    rooms,
    failingSince: failingSince?.toISOString() ?? null,
    secrets: secretsOf(stored, now).length,
    createdAt: createdAt.toISOString(),
  };
}

/** A room of a webhook, claimed by this replica for one delivery. */
export interface Claim {
  hookId: string;
  ownerId: string;
  roomId: string;
  /** Everything up to here is delivered. */
  seq: number;
  /** Where an earlier attempt ended that may have arrived. */
  attemptSeq: number | null;
  generation: number;
  /** Failed attempts since the last success in this room. */
  failures: number;
  wakes: number;
  /** Identifies the claim: only its holder may move the cursor. */
  fence: number;
}
