import type { BackplaneMessage, ChangePublisher } from '@parley/backplane';
import { answer, type Bus, type Consumer } from '@parley/bus';
import {
  type Change,
  calls,
  type Message,
  type NumberedChange,
  type ReactionCount,
  type RoomState,
  type Submission,
  type SubmissionReply,
  type SubmissionResult,
  type SubmittedBatch,
} from '@parley/contracts';
import { AppError } from '@parley/errors';
import { fakeSync } from './fake-sync.ts';
import { createPublisher } from './harness-parts.ts';

/** Controls how the changes of a batch reach the gateways. The default publishes them unchanged. */
export type Transit = (changes: Change[], publish: (changes: Change[]) => Promise<void>) => Promise<void>;
export const unchanged: Transit = (changes, publish) => publish(changes);

const timeOf = (change: NumberedChange): string =>
  'time' in change ? change.time : change.message.createdAt;

/**
 * Plays the messages service in memory: consumes `submissions`, numbers every room's timeline,
 * replies to the authors, publishes to the gateways, and answers `messages.get-changes`,
 * `messages.get-heads` and `messages.sync-rooms`.
 */
export class FakeWriter {
  readonly #bus: Bus;
  readonly #publisher: ChangePublisher;
  readonly #timelines = new Map<string, NumberedChange[]>();
  readonly #messages = new Map<string, Message>();
  readonly #roomOf: (roomId: string) => { room: RoomState; people: string[] } | undefined;
  transit: Transit = unchanged;
  /** Whether a message is lost on its way, unnoticed. */
  loses: (message: BackplaneMessage) => boolean = () => false;
  /** The `get-changes` questions received. */
  readonly asked: { roomId: string; afterSeq: number }[] = [];
  /** The rooms of each `get-heads` question. */
  readonly askedHeads: (readonly string[])[] = [];
  /** Called before heads are read and answered. */
  beforeHeads: () => Promise<void> = async () => undefined;
  /** Runs after a `sync-rooms` answer is computed and before it is sent. */
  afterSync: () => Promise<void> = async () => undefined;
  /** While set, every submission is refused. */
  refuses = false;
  /** All replies to authors. */
  readonly replied: SubmissionReply[] = [];
  /** While set, `get-changes` and `get-heads` fail. */
  away = false;

  constructor(
    bus: Bus,
    redis: { redisUrl: string; namespace: string },
    roomOf: (roomId: string) => { room: RoomState; people: string[] } | undefined,
  ) {
    this.#bus = bus;
    this.#publisher = createPublisher({ ...redis, bus, loses: (message) => this.loses(message) });
    this.#roomOf = roomOf;
  }

  async start(): Promise<Consumer> {
    await answer(this.#bus, calls.getChanges, async ({ roomId, afterSeq, limit }) => {
      this.asked.push({ roomId, afterSeq });
      if (this.away) throw new AppError('unavailable');
      const timeline = this.timeline(roomId);
      const changes = timeline.slice(Math.min(afterSeq, timeline.length), afterSeq + limit);
      return { changes, seq: Math.min(timeline.length, afterSeq + limit) };
    });
    await answer(this.#bus, calls.getHeads, async ({ roomIds, before }) => {
      this.askedHeads.push(roomIds);
      await this.beforeHeads();
      if (this.away) throw new AppError('unavailable');
      const isEarlier = (change: NumberedChange) => before === undefined || timeOf(change) < before;
      return {
        heads: roomIds
          .flatMap((roomId) => ({ roomId, seq: this.timeline(roomId).filter(isEarlier).length }))
          .filter(({ seq }) => seq > 0),
      };
    });
    await answer(this.#bus, calls.syncRooms, async ({ userId, ...question }) => {
      const answered = fakeSync(question, (roomId) =>
        this.#roomOf(roomId)?.people.includes(userId) ? this.timeline(roomId) : undefined,
      );
      await this.afterSync();
      return answered;
    });
    return this.#bus.consume('submissions', 'messages', async (envelopes) => {
      for (const envelope of envelopes) await this.#write(envelope.data as SubmittedBatch);
    });
  }

  close(): Promise<void> {
    return this.#publisher.close();
  }

  roomOf(messageId: string): string | null {
    return this.#messages.get(messageId)?.roomId ?? null;
  }

  timeline(roomId: string): NumberedChange[] {
    const found = this.#timelines.get(roomId) ?? [];
    this.#timelines.set(roomId, found);
    return found;
  }

  publish = async (changes: Change[]): Promise<void> => {
    await this.#publisher.publish(changes);
  };

  /** Appends and publishes a change without a submission, such as a join. */
  async append(roomId: string, make: (seq: number) => NumberedChange): Promise<void> {
    const change = make(this.timeline(roomId).length + 1);
    this.timeline(roomId).push(change);
    await this.transit([change], this.publish);
  }

  async #write({ origin, items }: SubmittedBatch): Promise<void> {
    const changes = new Map<string, Change[]>();
    const replies = items.flatMap((item): SubmissionReply[] => {
      try {
        const { result, change } = this.#apply(item);
        if (change) changes.set(item.roomId, [...(changes.get(item.roomId) ?? []), change]);
        if (change && item.op === 'send' && item.answeredBy === 'change') return [];
        return [{ ref: item.ref, ok: true, data: result }];
      } catch (error) {
        return [{ ref: item.ref, ok: false, error: AppError.from(error).toData() }];
      }
    });
    for (const ofRoom of changes.values()) await this.transit(ofRoom, this.publish);
    this.replied.push(...replies);
    if (origin && replies.length > 0) void this.#bus.reply(origin, { replies });
  }

  #apply(item: Submission): { result: SubmissionResult; change?: Change } {
    const { room, people } = this.#roomOf(item.roomId) ?? {};
    if (this.refuses || !room || !people?.includes(item.by.userId)) throw new AppError('not_authorized');
    const to = room.kind === 'direct' ? { to: people } : {};
    const timeline = this.timeline(item.roomId);
    const seq = timeline.length + 1;
    const now = new Date().toISOString();
    const base = { roomId: item.roomId, seq, ...to };
    const changed = (change: NumberedChange & { message: Message }) => {
      timeline.push(change);
      this.#messages.set(change.message.id, change.message);
      const op = item.op as 'send';
      return { result: { op, message: change.message, repeated: false }, change };
    };
    const stored = (messageId: string) => {
      const message = this.#messages.get(messageId);
      if (message?.roomId !== item.roomId) throw new AppError('message_not_found');
      return message;
    };
    switch (item.op) {
      case 'send': {
        const { id, roomId, content, clientId, replyTo, isEncrypted } = item;
        const known = this.#messages.get(id);
        if (known) return { result: { op: 'send', message: known, repeated: true } };
        const message: Message = {
          ...{ id, roomId, seq, changedSeq: seq, ...item.by, content, clientId, replyTo, isEncrypted },
          ...{ reactions: [], createdAt: now, editedAt: null, deletedAt: null },
        };
        return changed({ ...base, kind: 'message.created', message });
      }
      case 'edit': {
        const message = { ...stored(item.messageId), changedSeq: seq, content: item.content, editedAt: now };
        return changed({ ...base, kind: 'message.edited', message });
      }
      case 'delete': {
        const message = { ...stored(item.messageId), changedSeq: seq, content: '', deletedAt: now };
        return changed({ ...base, kind: 'message.deleted', message });
      }
      case 'react': {
        const before = stored(item.messageId);
        const on =
          item.on ??
          !before.reactions.some(
            (one) => one.reaction === item.reaction && one.userIds.includes(item.by.userId),
          );
        const reactions: ReactionCount[] = on
          ? [{ reaction: item.reaction, count: 1, userIds: [item.by.userId] }]
          : [];
        const message = { ...before, changedSeq: seq, reactions };
        return changed({
          ...base,
          kind: 'message.reacted',
          message,
          by: item.by,
          reaction: item.reaction,
          on,
        });
      }
      case 'read': {
        const read = item.messageId ? stored(item.messageId).seq : timeline.length;
        const position = { roomId: item.roomId, userId: item.by.userId, seq: read, readAt: now };
        const change: Change = {
          ...to,
          kind: 'read.advanced',
          roomId: item.roomId,
          by: item.by,
          messageId: item.messageId,
          position,
        };
        return { result: { op: 'read', position }, change };
      }
      case 'deliver': {
        const delivered = item.messageId ? stored(item.messageId).seq : timeline.length;
        const position = { roomId: item.roomId, userId: item.by.userId, seq: delivered };
        const change: Change = {
          ...to,
          kind: 'delivery.advanced',
          roomId: item.roomId,
          by: item.by,
          messageId: item.messageId,
          position,
        };
        return { result: { op: 'deliver', position }, change };
      }
      case 'thread': {
        const { seq: threadRootSeq } = stored(item.messageId);
        const { seq, following = null } = item;
        const position = { threadRootSeq, seq: seq ?? timeline.length, threadsSeq: 0, following };
        const { roomId, by } = item;
        const change: Change = { to: [by.userId], kind: 'thread.moved', roomId, by, position };
        return { result: { op: 'thread', position }, change };
      }
      case 'pin': {
        const { pinned: _, ...before } = stored(item.messageId);
        const pinned = item.on && { pinned: { userId: item.by.userId, at: now } };
        return changed({
          ...base,
          kind: 'message.edited',
          message: { ...before, ...pinned, changedSeq: seq },
        });
      }
      case 'expire':
        return { result: { op: 'expire', expired: 0 } };
      default:
        return { result: { op: item.op } };
    }
  }
}
