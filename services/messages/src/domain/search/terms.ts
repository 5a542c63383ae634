import type { StoredMention } from '../mentions.ts';
import { foldText, hasLink, type Piece, piecesOf, plainWords } from './text.ts';

/** Longer terms are cut, in the index and in queries. */
const maxTermLength = 64;
/** Mixed words of more parts, such as hashes, are indexed by this many. */
const maxJoined = 8;

// Words contain no colon, so these terms cannot be mistaken for one. Collisions do no harm, because
// every candidate is checked.
const tail = (id: string) => id.slice(-12);
export const roomTerm = (roomId: string): string => `:r${tail(roomId)}`;
export const senderTerm = (userId: string): string => `:f${tail(userId)}`;
export const threadTerm = (rootSeq: number): string => `:t${rootSeq}`;
export const mentionTerm = (userId: string): string => `:m${tail(userId)}`;
export const roomMentionTerm = ':m';
export const linkTerm = ':link';

function cut(term: string): string {
  if (term.length <= maxTermLength) return term;
  const last = term.charCodeAt(maxTermLength - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return term.slice(0, splitsPair ? maxTermLength - 1 : maxTermLength);
}

/**
 * The terms of a message: each word, the runs of letters and digits in it (`qwen3` → `qwen`, `3`,
 * `qwen3`), and each pair of adjacent characters of scripts without spaces. All of them, because
 * the length of a message is limited: a word at its end is found like any other.
 */
export function termsOf({
  roomId,
  senderId,
  content,
  threadRootSeq = null,
  mentions = null,
}: {
  roomId: string;
  senderId: string;
  content: string;
  threadRootSeq?: number | null;
  mentions?: readonly StoredMention[] | null;
}): Set<string> {
  const terms = new Set([roomTerm(roomId), senderTerm(senderId)]);
  if (threadRootSeq !== null) terms.add(threadTerm(threadRootSeq));
  for (const { userId } of mentions ?? [])
    terms.add(userId === undefined ? roomMentionTerm : mentionTerm(userId));
  if (hasLink(content)) terms.add(linkTerm);
  const folded = foldText(content);
  const { whole, others } = plainWords(folded) ?? { whole: [], others: [folded] };
  for (const word of whole) terms.add(cut(word));
  for (const text of others) for (const piece of piecesOf(text)) addTerms(terms, piece);
  return terms;
}

function addTerms(terms: Set<string>, { parts, signs, picture }: Piece): void {
  if (picture !== undefined) terms.add(picture);
  // The last character is a term of its own, so the prefix of one character finds it anywhere.
  if (signs) for (const [index, sign] of signs.entries()) terms.add(sign + (signs[index + 1] ?? ''));
  if (!parts) return;
  for (const part of parts) terms.add(cut(part));
  for (let joined = 2; joined <= Math.min(parts.length, maxJoined); joined++)
    terms.add(cut(parts.slice(0, joined).join('')));
}

/** A term that a message must have. */
export interface Needed {
  term: string;
  /** Any term that begins with it. */
  isPrefix: boolean;
}

/**
 * The terms of every message that contains the word. A message with all of them need not contain
 * it.
 * @param isPrefix whether the word's last characters may be the beginning of a longer word
 */
export function termsFor(word: string, isPrefix: boolean): Needed[] {
  return [...piecesOf(word)].flatMap(({ parts, signs, picture, end }): Needed[] => {
    if (picture !== undefined) return [{ term: picture, isPrefix: false }];
    if (signs) {
      const [only] = signs;
      if (signs.length === 1 && only !== undefined) return [{ term: only, isPrefix: true }];
      return signs.slice(0, -1).map((sign, index) => ({ term: sign + signs[index + 1], isPrefix: false }));
    }
    const joined = (parts ?? []).slice(0, maxJoined).join('');
    const isWhole = (parts ?? []).length <= maxJoined && joined.length < maxTermLength;
    return [{ term: cut(joined), isPrefix: isPrefix && isWhole && end === word.length }];
  });
}
