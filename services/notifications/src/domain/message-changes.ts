import type { Change, Message } from '@parley/contracts';

/** A message after a change; the higher `changedSeq` is the current one. */
export interface MessageVersion {
  message: Message;
  changedSeq: number;
}

export interface MessageChanges {
  /** New messages as they are at the end of the batch, in order. */
  created: MessageVersion[];
  /** Messages that were edited or deleted, as they are at the end of the batch. */
  rewritten: MessageVersion[];
}

/** The messages that a batch changes, each in its latest version of the batch. */
export function messageChanges(changes: readonly Change[]): MessageChanges {
  const latest = new Map<string, MessageVersion>();
  const created = new Set<string>();
  const rewritten = new Set<string>();
  for (const change of changes) {
    if (!isOfMessage(change)) continue;
    const { message, seq: changedSeq } = change;
    (change.kind === 'message.created' ? created : rewritten).add(message.id);
    if (changedSeq >= (latest.get(message.id)?.changedSeq ?? 0))
      latest.set(message.id, { message, changedSeq });
  }
  const versions = (ids: ReadonlySet<string>) => [...ids].flatMap((id) => latest.get(id) ?? []);
  return { created: versions(created), rewritten: versions(rewritten) };
}

type MessageChange = Extract<Change, { kind: 'message.created' | 'message.edited' | 'message.deleted' }>;

const isOfMessage = (change: Change): change is MessageChange =>
  change.kind === 'message.created' || change.kind === 'message.edited' || change.kind === 'message.deleted';
