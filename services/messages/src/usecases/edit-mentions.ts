import type { SubmissionOf } from '@parley/contracts';
import { hasMentionSign } from '@parley/contracts/text';
import type { Transaction } from '@parley/database';
import type { AppError } from '@parley/errors';
import type { ChangingMessages } from '../domain/changing-messages.ts';
import {
  completeMentions,
  isOfRoom,
  mentionsSame,
  type StoredMention,
  withoutRoom,
} from '../domain/mentions.ts';
import type { TimelineRow } from '../domain/timeline-row.ts';
import { type ChangedMentions, deleteMentions, everybody, storeMentions } from '../stores/mentions.ts';
import type { Context } from './context.ts';
import { type Found, findMentions, findNamed } from './find-mentions.ts';
import { giveRoomMentionBack, takeRoomMention } from './room-mention-rate.ts';

type Edit = SubmissionOf<'edit'>;

/** Whom the edits of a batch mention, found before its rooms are locked. */
export class EditMentions {
  readonly #context: Context;
  readonly #found: ReadonlyMap<Edit, Found | undefined>;
  readonly #counted: string[] = [];

  private constructor(context: Context, found: ReadonlyMap<Edit, Found | undefined>) {
    this.#context = context;
    this.#found = found;
  }

  static async find(context: Context, edits: readonly Edit[]): Promise<EditMentions> {
    const found = await findMentions(context, edits);
    return new EditMentions(context, new Map(edits.map((edit, index) => [edit, found[index]])));
  }

  /** Whether the message has this text, and the mentions that the client states. */
  isDone(edit: Edit, row: TimelineRow): boolean {
    if (row.content !== edit.content) return false;
    if (!edit.mentions) return true;
    const isRefused = this.#found.get(edit)?.refusal !== undefined && !row.mentions?.some(isOfRoom);
    return !isRefused && mentionsSame(row.mentions, this.#mentions(edit, row));
  }

  /** The mentions of the new text, or the refusal. A new mention of all members counts as one. */
  take(edit: Edit, row: TimelineRow): StoredMention[] | null | AppError {
    const mentions = this.#mentions(edit, row);
    if (row.mentions?.some(isOfRoom)) return mentions;
    const over =
      this.#found.get(edit)?.refusal ??
      (mentions?.some(isOfRoom) ? takeRoomMention(this.#context, row.roomId) : undefined);
    if (over) return edit.mentions ? over : withoutRoom(mentions ?? []);
    if (mentions?.some(isOfRoom)) this.#counted.push(row.roomId);
    return mentions;
  }

  /** The changes could not be stored. */
  giveBack(): void {
    for (const roomId of this.#counted.splice(0)) giveRoomMentionBack(this.#context, roomId);
  }

  /** An author who may no longer mention all members keeps the mention that a message has. */
  #mentions(edit: Edit, row: TimelineRow): StoredMention[] | null {
    const found = this.#found.get(edit);
    if (!found || (row.isEncrypted && !edit.mentions)) return null;
    const keepsRoom = found.refusal !== undefined && (row.mentions?.some(isOfRoom) ?? false);
    return keepsRoom ? completeMentions(found.mentions, [], true) : found.mentions;
  }
}

/** Stores whom the changed messages mention now. */
export async function storeChangedMentions(trx: Transaction, messages: ChangingMessages): Promise<void> {
  const { remembered, changed, cleared } = messages;
  if (cleared.length > 0) await deleteMentions(trx, cleared);
  const pairs = [...remembered.values()].flatMap((before) => {
    const after = changed.get(before.id);
    return after && !after.deletedAt ? [{ before, after }] : [];
  });
  if (pairs.length === 0) return;
  const unknown = pairs.filter(
    ({ before: { mentions, isEncrypted, content } }) =>
      mentions === null && !isEncrypted && hasMentionSign(content),
  );
  const named =
    unknown.length > 0
      ? await findNamed(
          trx,
          unknown.map(({ before }) => before),
        )
      : [];
  const earlier = new Map(unknown.map(({ before }, index) => [before.id, named[index] ?? []]));
  await storeMentions(
    trx,
    pairs.map(({ after }) => toChanged(after, earlier.get(after.id) ?? [])),
  );
}

function toChanged(row: TimelineRow, earlier: readonly string[]): ChangedMentions {
  const { roomId, seq, changedSeq, senderId, mentions } = row;
  const userIds = (mentions ?? []).map(({ userId = everybody }) => userId);
  const isOther = (userId: string) => userId !== senderId;
  const since = new Map(userIds.filter(isOther).map((userId) => [userId, changedSeq]));
  return { roomId, seq, since, earlier: earlier.filter(isOther) };
}
