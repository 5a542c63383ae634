import { z } from 'zod';
import { because, id, seq, time } from './common.ts';
import { message } from './message.ts';
import { isBot } from './user.ts';

/** People that a thread names. */
export const maxParticipants = 10;

/** A thread as its reader sees it. Derived from its messages and the reader's position. */
const threadFields = {
  roomId: id,
  rootId: id,
  rootSeq: seq.meta({ description: 'the `threadRootSeq` of its replies' }),
  replies: z.number().int().meta({ description: 'replies that are not deleted; counted up to 1,000' }),
  participants: z
    .array(z.object({ userId: id, username: z.string(), isBot }))
    .max(maxParticipants)
    .meta({ description: 'who has replied, the latest first; at most 10' }),
  lastReplySeq: seq.nullable(),
  lastReplyAt: time.nullable(),
  following: z.boolean().meta({
    description:
      'whoever wrote the root or a reply, or is mentioned there by name, follows the thread, ' +
      'unless they have decided otherwise',
  }),
  readSeq: seq.meta({ description: 'the caller has read the replies up to this `seq`' }),
  unread: z
    .number()
    .int()
    .meta({ description: 'unread replies of others, up to 1,000; 0 in threads that are not followed' }),
};

export const threadSummary = z.object(threadFields).meta({ id: 'ThreadSummary' });
export type ThreadSummary = z.output<typeof threadSummary>;

export const thread = z
  .object({ ...threadFields, root: message.meta({ description: 'without content once it is deleted' }) })
  .meta({ id: 'Thread' });
export type Thread = z.output<typeof thread>;

export const threadFilter = z.enum(['followed', 'unread', 'all']);

/** Marks a thread read, or what follows a reply unread. */
export const threadMark = { seq: seq.optional(), unread: z.boolean().optional() };
export const isThreadMark = ({ unread, seq: upTo }: { unread?: unknown; seq?: unknown }) =>
  !unread || upTo !== undefined;
export const needsSeq = { ...because('combination', 'needs seq'), path: ['unread'] };

/** A user's own position in a thread, or in all threads of the room. Other users do not see it. */
export const threadPosition = z
  .object({
    threadRootSeq: seq.meta({
      description:
        '0: the position in all threads of the room. A user without one has their read position there',
    }),
    seq: seq.meta({ description: 'replies up to this `seq` are read' }),
    threadsSeq: seq.meta({
      description:
        'the position in all threads when this one was set. Once that is higher, replies up to it are ' +
        'read as well',
    }),
    following: z.boolean().nullable().meta({ description: 'what the user has decided; null: nothing' }),
  })
  .meta({ id: 'ThreadPosition' });
export type ThreadPosition = z.output<typeof threadPosition>;
