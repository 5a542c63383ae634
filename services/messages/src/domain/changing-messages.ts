import { hasMentionSign } from '@parley/contracts/text';
import { maxPins } from './pins.ts';
import { type ActiveReaction, countReactions } from './reaction-counts.ts';
import type { TimelineRow } from './timeline-row.ts';
import type { NewReaction, StoredReaction } from './user-reaction.ts';

/** A user and a message. */
interface Owner {
  messageId: string;
  userId: string;
}

interface Loaded {
  /** Room → its last number. */
  seqs: ReadonlyMap<string, number>;
  messages: readonly TimelineRow[];
  /** Of the users and messages that the batch concerns. */
  reactions: readonly StoredReaction[];
  /** Message → all of its active reactions, in the order in which they were set. */
  active: Map<string, ActiveReaction[]>;
  withdrawn: ReadonlySet<string>;
  /** Room → how many of its messages are pinned. */
  pins: ReadonlyMap<string, number>;
}

const keyOf = ({ messageId, userId }: Owner): string => messageId + userId;
const formOf = (owner: Owner, reaction: string): string => keyOf(owner) + reaction;

/**
 * The messages that a batch changes and the reactions to them, in memory, as each change of the
 * batch leaves them. Collects what has to be stored.
 */
export class ChangingMessages {
  readonly #seqs: Map<string, number>;
  readonly #messages: Map<string, TimelineRow>;
  readonly #reactions = new Map<string, StoredReaction[]>();
  readonly #active: Map<string, ActiveReaction[]>;
  readonly #withdrawn: Set<string>;
  readonly #pins: Map<string, number>;
  readonly #added = new Map<string, NewReaction>();

  /** To store: room → how many numbers were taken. */
  readonly numbers = new Map<string, number>();
  readonly changed = new Map<string, TimelineRow>();
  /** Messages whose mentions have changed, as they were before the batch. */
  readonly remembered = new Map<string, TimelineRow>();
  readonly removedReactions: StoredReaction[] = [];
  /** Messages that lose all reactions. */
  readonly cleared: TimelineRow[] = [];
  readonly withdrawals: string[] = [];

  constructor({ seqs, messages, reactions, active, withdrawn, pins }: Loaded) {
    this.#seqs = new Map(seqs);
    this.#messages = new Map(messages.map((row) => [row.id, row]));
    this.#active = active;
    this.#withdrawn = new Set(withdrawn);
    this.#pins = new Map(pins);
    for (const one of reactions)
      this.#reactions.set(keyOf(one), [...(this.#reactions.get(keyOf(one)) ?? []), one]);
  }

  get addedReactions(): NewReaction[] {
    return [...this.#added.values()];
  }

  /** Undefined: the room has no such message. */
  find(roomId: string, messageId: string): TimelineRow | undefined {
    const row = this.#messages.get(messageId);
    return row?.roomId === roomId ? row : undefined;
  }

  /** Changes a message under the next number of its room. */
  change(row: TimelineRow, change: Partial<TimelineRow>): TimelineRow {
    const { roomId, id } = row;
    const changedSeq = (this.#seqs.get(roomId) ?? 0) + 1;
    this.#seqs.set(roomId, changedSeq);
    this.numbers.set(roomId, (this.numbers.get(roomId) ?? 0) + 1);
    const updated = { ...row, ...change, changedSeq };
    this.#messages.set(id, updated);
    const pins = Number(updated.pinnedAt !== null) - Number(row.pinnedAt !== null);
    this.#pins.set(roomId, (this.#pins.get(roomId) ?? 0) + pins);
    this.changed.set(id, updated);
    return updated;
  }

  /** Changes a message's text and its mentions. */
  edit(row: TimelineRow, edit: Pick<TimelineRow, 'content' | 'mentions' | 'editedAt'>): TimelineRow {
    const changes = row.mentions !== null || edit.mentions !== null || hasMentionSign(row.content);
    if (changes && !this.remembered.has(row.id)) this.remembered.set(row.id, row);
    return this.change(row, edit);
  }

  /** The last number of a room, with what this batch has added. */
  headOf(roomId: string): number {
    return this.#seqs.get(roomId) ?? 0;
  }

  isFullOfPins(roomId: string): boolean {
    return (this.#pins.get(roomId) ?? 0) >= maxPins;
  }

  /** A user's reactions to a message, in each stored form. */
  reactionsOf(owner: Owner): readonly StoredReaction[] {
    return this.#reactions.get(keyOf(owner)) ?? [];
  }

  wasWithdrawn(submissionId: string): boolean {
    return this.#withdrawn.has(submissionId);
  }

  /** Replaces the forms of a reaction by one or none. */
  replaceReaction(row: TimelineRow, before: readonly StoredReaction[], next: NewReaction | undefined): void {
    for (const one of before) {
      const form = formOf(one, one.reaction);
      if (!this.#added.delete(form)) this.removedReactions.push(one);
      this.#reactions.set(
        keyOf(one),
        this.reactionsOf(one).filter((other) => other !== one),
      );
    }
    const isBefore = ({ userId, reaction }: ActiveReaction) =>
      before.some((one) => one.userId === userId && one.reaction === reaction);
    const active = (this.#active.get(row.id) ?? []).filter((one) => !isBefore(one));
    if (next) {
      this.#reactions.set(keyOf(next), [...this.reactionsOf(next), { ...next, active: true }]);
      this.#added.set(formOf(next, next.reaction), next);
      active.push(next);
    }
    this.#active.set(row.id, active);
    this.change(row, { reactions: countReactions(active) });
  }

  /** Submissions that set or withdrew a reaction that is withdrawn now. */
  withdraw(submissionIds: readonly string[]): void {
    for (const id of submissionIds) this.#withdrawn.add(id);
    this.withdrawals.push(...submissionIds);
  }

  /** Deletes a message's content and reactions; it keeps its number. */
  delete(row: TimelineRow, deletedAt: Date): TimelineRow {
    for (const [form, { messageId }] of this.#added) if (messageId === row.id) this.#added.delete(form);
    for (const [key, reactions] of this.#reactions)
      if (reactions.some(({ messageId }) => messageId === row.id)) this.#reactions.delete(key);
    this.#active.delete(row.id);
    this.cleared.push(row);
    const pins = { pinnedAt: null, pinnedBy: null };
    return this.change(row, { content: '', mentions: null, deletedAt, reactions: [], ...pins });
  }
}
