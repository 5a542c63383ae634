import { Histogram, type Latency } from '../load/histogram.ts';
import type { Trial } from './trial.ts';

export interface HistoryOfRoom {
  messages: number;
  /** The latest page of 50. */
  latest: Latency;
  /** A page of 50 at any position. */
  older: Latency;
}

/**
 * Reads pages one at a time, alternating between a short and a long room, so that other load on the
 * machine affects both.
 */
export async function measureHistory({ target, sizes }: Trial): Promise<HistoryOfRoom[] | undefined> {
  const { archive } = target;
  const fill = archive?.fill;
  if (!archive || !fill) return undefined;
  const [reader] = await target.people(1);
  if (!reader) throw new Error('the target registered nobody');
  const rooms = [];
  for (const messages of sizes.historyMessages) {
    const id = await target.room([reader]);
    await fill(id, reader, messages);
    const { last } = await archive.page(id, reader);
    rooms.push({ id, messages, last, latest: new Histogram(), older: new Histogram() });
  }
  for (let nth = 0; nth < sizes.historyPages; nth++) {
    for (const { id, messages, last, latest, older } of rooms) {
      await timed(latest, () => archive.page(id, reader));
      // Evenly distributed positions in a scattered order (golden ratio).
      const back = Math.floor(((nth * 0.618034) % 1) * (messages - 100));
      await timed(older, () => archive.page(id, reader, last - back));
    }
  }
  return rooms.map(({ messages, latest, older }) => ({
    messages,
    latest: latest.summary(),
    older: older.summary(),
  }));
}

async function timed(histogram: Histogram, read: () => Promise<{ length: number }>): Promise<void> {
  const begin = performance.now();
  const { length } = await read();
  histogram.record(performance.now() - begin);
  if (length !== 50) throw new Error(`a page of history had ${length} messages`);
}
