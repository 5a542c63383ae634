import type { Live } from './live.ts';

/** The numbers of the last change and the last read position of a room. */
export interface Head {
  seq: number;
  readSeq: number;
}

/** The head of every room of the user: all later events can be followed from there. */
export async function headsOf({ client }: Live): Promise<Map<string, Head>> {
  const heads = new Map<string, Head>();
  let after: string | null | undefined;
  do {
    const { gained, gainedAfter } = await client.sync([], { gained: after ? { after } : {} });
    for (const { roomId, seq, readSeq } of gained) heads.set(roomId, { seq, readSeq });
    after = gainedAfter;
  } while (after);
  return heads;
}
