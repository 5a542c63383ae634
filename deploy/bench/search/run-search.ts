import { isDeepStrictEqual } from 'node:util';
import { newId } from '@parley/runtime';
import { FilledSearch, messagesPerRoom } from '../stores/filled-search.ts';
import { type IndexingFigures, measureIndexing, untilIndexed } from './indexing.ts';
import { measureQueries, type QueryFigure } from './queries.ts';
import { type SearchWorld, startSearchWorld } from './world.ts';

/**
 * Measures the search over a database that SQL fills. Answers tables in Markdown.
 * @param options.signal ends the run before the next measurement
 */
export async function runSearch({
  messages,
  say,
  signal,
}: {
  messages: number;
  say: (line: string) => void;
  signal: AbortSignal;
}): Promise<string> {
  const world = await startSearchWorld();
  const filled = new FilledSearch(world.databaseUrl, messages);
  try {
    await filled.fill(say);
    await requireSameTerms(world, filled);
    say('the indexer stores the same terms');
    const sizes = await filled.sizes();
    signal.throwIfAborted();
    const queries = await measureQueries(world, filled);
    say('searches measured');
    signal.throwIfAborted();
    const indexing = await measureIndexing(world, filled);
    return [...tableOf(messages, queries), '', ...linesOf(messages, sizes, indexing)].join('\n');
  } finally {
    await filled.db.destroy();
    await world.stop();
  }
}

/** The indexer stores the same terms as the bulk load, so the measured index is a real one. */
async function requireSameTerms(world: SearchWorld, filled: FilledSearch): Promise<void> {
  const person = { userId: newId(), username: 'checker' };
  const [roomId = ''] = await filled.join(person.userId, 1, 0);
  const before = await filled.termsIn(roomId);
  await filled.forgetTerms(roomId);
  // A search has rooms indexed that are not.
  await world.get(person, '/api/v1/search/messages?q=anything');
  await untilIndexed(filled, [roomId]);
  if (before.length !== messagesPerRoom || !isDeepStrictEqual(await filled.termsIn(roomId), before))
    throw new Error('the indexer stores other terms than the bulk load');
}

const ms = (value: number) => `${value.toFixed(1)} ms`;

const tableOf = (messages: number, figures: readonly QueryFigure[]): string[] => [
  `| search in ${messages.toLocaleString('en')} messages | rooms of the user | hits | p50 | p95 |`,
  '|---|---|---|---|---|',
  ...figures.map(
    ({ kind, rooms, hits, latency: { p50, p95 } }) =>
      `| ${kind} | ${rooms} | ${hits.toFixed(1)} | ${ms(p50)} | ${ms(p95)} |`,
  ),
];

function linesOf(
  messages: number,
  sizes: { terms: number; timeline: number },
  { writeMicros, indexMicros, latency }: IndexingFigures,
): string[] {
  const bytes = (total: number) => `${Math.round(total / messages)} bytes per message`;
  const micros = (value: number) => `${Math.round(value)} µs of CPU per message`;
  return [
    '| indexing | measured |',
    '|---|---|',
    `| index, with its table | ${bytes(sizes.terms)} |`,
    `| timeline, with its indexes | ${bytes(sizes.timeline)} |`,
    `| writing, without gateway and broker | ${micros(writeMicros)} |`,
    `| indexing | ${micros(indexMicros)} |`,
    `| latency of a send, indexer stopped | p50 ${ms(latency.without.p50)}, p95 ${ms(latency.without.p95)} |`,
    `| latency of a send, indexer running | p50 ${ms(latency.with.p50)}, p95 ${ms(latency.with.p95)} |`,
  ];
}
