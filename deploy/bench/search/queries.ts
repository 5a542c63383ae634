import { newId } from '@parley/runtime';
import { Histogram, type Latency } from '../load/histogram.ts';
import { type FilledSearch, words } from '../stores/filled-search.ts';
import type { SearchWorld } from './world.ts';

const roomsOfEach = 200;
/** They search different rooms, so caches serve no query twice. */
const searchers = 10;
const searchesOfEach = 8;

const kinds = {
  'a rare word': words.rare.text,
  'a medium word': words.medium.text,
  'a word in 60 % of the messages': words.common.text,
  'both of the last': `${words.common.text} ${words.medium.text}`,
  'the beginning of many words': 'bc',
} as const;

export interface QueryFigure {
  rooms: number;
  kind: string;
  latency: Latency;
  hits: number;
}

/** Measures searches of users in 200 rooms, and in one of these rooms, one at a time. */
export async function measureQueries(world: SearchWorld, filled: FilledSearch): Promise<QueryFigure[]> {
  const people = [];
  for (let index = 0; index < searchers; index++) {
    const person = { userId: newId(), username: 'searcher' };
    people.push({ person, rooms: await filled.join(person.userId, roomsOfEach, index) });
  }
  const figures: QueryFigure[] = [];
  for (const isOneRoom of [false, true])
    for (const [kind, q] of Object.entries(kinds)) {
      const histogram = new Histogram();
      let hits = 0;
      for (let nth = 0; nth < searchesOfEach; nth++)
        for (const { person, rooms } of people) {
          const room = isOneRoom ? `&roomId=${rooms[nth % rooms.length]}` : '';
          const begin = performance.now();
          const answer = await world.get(person, `/api/v1/search/messages?q=${encodeURIComponent(q)}${room}`);
          histogram.record(performance.now() - begin);
          hits += (answer as { hits: unknown[] }).hits.length;
        }
      const rooms = isOneRoom ? 1 : roomsOfEach;
      figures.push({ rooms, kind, latency: histogram.summary(), hits: hits / (searchers * searchesOfEach) });
    }
  return figures;
}
