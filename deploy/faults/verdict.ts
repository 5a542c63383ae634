import type { Ledger } from './ledger.ts';
import type { Player } from './players/player.ts';

/** A message as stored in the history. */
export interface StoredMessage {
  id: string;
  seq: number;
  /** Its edit, if there was one. */
  changedSeq: number;
  roomId: string;
  userId: string;
  clientId: string | null;
  content: string;
}

export const faultKinds = [
  'lost',
  'duplicated',
  'out of order',
  'phantom',
  'unread drift',
  'mention drift',
  'stale presence',
  'refused',
  'crashed',
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One violation. */
export interface Finding {
  /** The kind of player, `database` or `processes`. */
  where: string;
  kind: FaultKind;
  what: string;
}

/** Compares the histories with what the cast requested and how it was answered. */
export function judgeHistory(
  ledger: Ledger,
  histories: ReadonlyMap<string, readonly StoredMessage[]>,
): Finding[] {
  const findings: Finding[] = [];
  const find = (kind: FaultKind, what: string) => findings.push({ where: 'database', kind, what });
  const stored = new Map<string, StoredMessage>();
  for (const messages of histories.values()) {
    let last = 0;
    for (const message of messages) {
      if (message.seq === last) find('duplicated', `number ${last} twice`);
      if (message.seq < last) find('out of order', `number ${message.seq} after ${last}`);
      last = message.seq;
      const key = message.clientId ?? message.id;
      const before = stored.get(key);
      if (before) find('duplicated', `${key} as ${before.seq} and ${message.seq}`);
      stored.set(key, message);
      const sending = ledger.sendings.get(key);
      if (!sending) find('phantom', `nobody sent ${key}`);
      else if (sending.refused) find('phantom', `${key} was refused (${sending.refused}) but stored`);
      else if (sending.sender !== message.userId || sending.roomId !== message.roomId)
        find('phantom', `${key} belongs to another sender`);
      else if (!sending.contents.includes(message.content)) find('phantom', `${key} has content nobody sent`);
      else if (sending.settled !== undefined && sending.settled !== message.content)
        find('lost', `the edit of ${key}`);
    }
  }
  for (const { clientId, acknowledged, contradicted, refused } of ledger.sendings.values()) {
    const message = stored.get(clientId);
    if (refused) find('refused', `${clientId}: ${refused}`);
    if (contradicted) find('duplicated', `${clientId} was acknowledged as two messages`);
    if (acknowledged && (message?.id !== acknowledged.id || message.seq !== acknowledged.seq))
      find('lost', `${clientId}, although acknowledged`);
    if (!acknowledged && !refused) find('lost', `${clientId} was never answered`);
  }
  return findings;
}

/** Compares what each listener received with the histories. */
export function judgeListeners(
  players: readonly Player[],
  histories: ReadonlyMap<string, readonly StoredMessage[]>,
): Finding[] {
  const findings: Finding[] = [];
  for (const { kind: where, logs, complaints, person } of players) {
    for (const what of complaints) findings.push({ where, kind: 'refused', what });
    for (const log of logs.values()) {
      const say = (kind: FaultKind, what: string) =>
        findings.push({ where, kind, what: `${what} (${person.username} in ${log.roomId})` });
      for (const { slip, what } of log.slips) say(slip, what);
      const messages = histories.get(log.roomId) ?? [];
      const ids = new Set(messages.map(({ id }) => id));
      for (const { id, seq, content } of messages) {
        const known = log.messages.get(id);
        if (!known && seq > (log.from ?? 0)) say('lost', `message ${seq}`);
        if (known && known.seq !== seq) say('out of order', `message ${seq} arrived as ${known.seq}`);
        if (known && known.content !== content)
          say('lost', `the last content of message ${seq}: "${known.content}", not "${content}"`);
      }
      for (const [id, { seq }] of log.messages) if (!ids.has(id)) say('phantom', `message ${seq}`);
    }
  }
  return findings;
}

/** One person's unread count in one room, as the server reports it. */
export interface UnreadAnswer {
  userId: string;
  username: string;
  kind: string;
  roomId: string;
  unread: number;
  mentions: number;
  /** The read position that the server reports. */
  readSeq: number;
}

/** The API counts no further than this. */
const maxUnread = 1_000;

export function judgeUnread(
  answers: readonly UnreadAnswer[],
  ledger: Ledger,
  histories: ReadonlyMap<string, readonly StoredMessage[]>,
): Finding[] {
  return answers.flatMap((answer): Finding[] => {
    const { userId, username, kind: where, roomId, unread, mentions, readSeq } = answer;
    const acknowledged = ledger.reads.get(`${userId} ${roomId}`) ?? 0;
    if (readSeq < acknowledged)
      return [{ where, kind: 'unread drift', what: `read up to ${acknowledged}, but ${readSeq} stored` }];
    const others = (histories.get(roomId) ?? []).filter((message) => message.userId !== userId);
    const unreadOnes = others.filter(({ seq }) => seq > readSeq);
    const mentioning = others.filter((message) => mentionedSince(message, username, ledger) > readSeq);
    const drift = (kind: FaultKind, counted: number, { length }: readonly StoredMessage[]) => {
      const expected = Math.min(length, maxUnread);
      return counted === expected
        ? []
        : [{ where, kind, what: `${counted} counted, but ${expected} after ${readSeq}` }];
    };
    return [...drift('unread drift', unread, unreadOnes), ...drift('mention drift', mentions, mentioning)];
  });
}

/** The change that mentioned the person first: a message is edited once at most. 0: none. */
function mentionedSince(message: StoredMessage, username: string, { sendings }: Ledger): number {
  const names = (content = '') => content.includes(`@${username}`);
  if (!names(message.content)) return 0;
  const [first = message.content] = sendings.get(message.clientId ?? '')?.contents ?? [];
  return names(first) ? message.seq : message.changedSeq;
}
