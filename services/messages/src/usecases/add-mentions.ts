import { isOfRoom, mayMention, withoutRoom } from '../domain/mentions.ts';
import { type Candidate, disallow } from './candidate.ts';
import type { Context } from './context.ts';
import { findMentions } from './find-mentions.ts';
import { takeRoomMention } from './room-mention-rate.ts';

/**
 * Finds whom the messages mention. A text that names the room mentions all members if its author
 * may do so now; a client that asks for it is refused otherwise.
 */
export async function addMentions(context: Context, candidates: readonly Candidate[]): Promise<void> {
  const mentioning = candidates.flatMap((candidate) => {
    const { submission } = candidate;
    return submission.op === 'send' && mayMention(submission.content, submission.mentions)
      ? [{ candidate, submission }]
      : [];
  });
  if (mentioning.length === 0) return;
  const found = await findMentions(
    context,
    mentioning.map(({ submission }) => submission),
  );
  for (const [index, { candidate, submission }] of mentioning.entries()) {
    const { mentions, refusal } = found[index] ?? { mentions: null };
    const { entry } = candidate;
    entry.mentions = mentions;
    if (!entry.allowed) continue;
    const ofRoom = mentions?.some(isOfRoom) ? mentions : undefined;
    const over = refusal ?? (ofRoom && takeRoomMention(context, entry.roomId));
    if (over && submission.mentions) disallow(candidate, over);
    else if (over) entry.mentions = withoutRoom(ofRoom ?? []);
    else if (ofRoom) candidate.mentionsRoom = true;
  }
}
