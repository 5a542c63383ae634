import { z } from 'zod';
import { because, queryFlag, seq } from './common.ts';

/** Maximum number of `seq`s in the range of a digest. */
const maxDigestRange = 10_000;

/** Rate limits count a digest as one request per so many `seq`s. */
const seqsPerUnit = 1_000;

const bound = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

export const digestQuery = z
  .object({
    from: bound.default(1).meta({ description: 'the first `seq` of the range' }),
    to: bound
      .optional()
      .meta({ description: 'the last `seq` of the range, by default `from` + 9999; may be beyond the head' }),
    threads: queryFlag.optional().meta({
      description:
        'for clients that show threads apart: true leaves out replies that are only in their thread, as ' +
        'the history does',
    }),
  })
  .refine(({ from, to = from }) => to >= from, {
    ...because('combination', 'must not be less than `from`'),
    path: ['to'],
  })
  .refine(({ from, to = from }) => to - from < maxDigestRange, {
    ...because('combination', `the range has at most ${maxDigestRange} numbers; make several requests`),
    path: ['to'],
  });
export type DigestQuery = z.output<typeof digestQuery>;

/** Both bounds belong to the range. */
export const digestRange = ({ from, to = from + maxDigestRange - 1 }: DigestQuery) => ({ from, to });

/** How many requests a digest counts as. */
export function digestUnits(query: DigestQuery): number {
  const { from, to } = digestRange(query);
  return Math.ceil((to - from + 1) / seqsPerUnit);
}

export const roomDigest = z
  .object({
    from: seq,
    to: seq,
    at: seq.meta({ description: "the room's head in the snapshot" }),
    count: z.number().int().meta({ description: 'messages in the range' }),
    changedSeq: seq.meta({ description: 'the highest `changedSeq` in the range; 0 without messages' }),
    digest: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({ description: 'SHA-256 in hexadecimal digits' }),
  })
  .meta({ id: 'RoomDigest' });
export type RoomDigest = z.output<typeof roomDigest>;
