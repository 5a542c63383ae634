import { Histogram, type Latency } from '../load/histogram.ts';
import type { Trial } from './trial.ts';

export interface HistoryOfRoom {
  messages: number;
  /** The latest page of 50. */
  latest: Latency;
  /** A page of 50 anywhere. */
  older: Latency;
}

/** One reader, one page after the other, in a short room and a long one by turns, so that what else the machine does hits both. */
export async function measureHistory({ target, sizes }: Trial): Promise<HistoryOfRoom[] | undefined> {
  const { archive } = target;
  const fill = archive?.fill;
  if (!archive || !fill) return undefined;
  const [reader] = await target.people(1);
  if (!reader) throw new Error('there is nobody to read');
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
      // Spread evenly, in a strange order: 0.618… is the golden ratio's.
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
