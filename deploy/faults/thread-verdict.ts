import type { Finding } from './verdict.ts';

export interface StoredReply {
  roomId: string;
  seq: number;
  userId: string;
  rootSeq: number;
  content: string;
  rootUserId: string;
  rootContent: string;
}

/** One person's unread replies in the threads of one room, as the server reports them. */
export interface ThreadAnswer {
  userId: string;
  username: string;
  kind: string;
  roomId: string;
  unread: number;
  /** The sum of the list of unread threads. */
  listed: number;
}

/** All players mark rooms read as clients without threads do, which reads the threads as well. */
export function judgeThreads(
  answers: readonly ThreadAnswer[],
  positions: readonly { userId: string; roomId: string; readSeq: number }[],
  replies: readonly StoredReply[],
): Finding[] {
  const readSeqs = new Map(positions.map(({ userId, roomId, readSeq }) => [`${userId} ${roomId}`, readSeq]));
  return answers.flatMap(({ userId, username, kind: where, roomId, unread, listed }): Finding[] => {
    const here = replies.filter((reply) => reply.roomId === roomId);
    const takesPart = ({ content, rootContent, ...reply }: StoredReply) =>
      [reply.userId, reply.rootUserId].includes(userId) ||
      [content, rootContent].some((text) => text.includes(`@${username}`));
    const own = here.filter(takesPart);
    const followed = new Set(own.map(({ rootSeq }) => rootSeq));
    const readSeq = readSeqs.get(`${userId} ${roomId}`) ?? 0;
    const expected = here.filter(
      (reply) => followed.has(reply.rootSeq) && reply.userId !== userId && reply.seq > readSeq,
    ).length;
    if (unread === expected && listed === expected) return [];
    const what = `${unread} unread replies, ${listed} in the list, but ${expected} after ${readSeq}`;
    return [{ where, kind: 'unread drift', what }];
  });
}
