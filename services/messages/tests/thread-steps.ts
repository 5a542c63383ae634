import fc from 'fast-check';

const which = fc.nat(1_000);
const about = { who: which, message: which };
/** Events in a room, to be tried in random order. */
export const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      ...about,
      place: fc.constantFrom('room', 'thread', 'thread', 'thread', 'both', 'quote'),
      mention: fc.option(which),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('edit' as const), message: which, mention: fc.option(which) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), message: which }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      ...about,
      toEnd: fc.boolean(),
      // Clients without threads, clients with threads, and all threads at once.
      as: fc.constantFrom('old', 'apart', 'apart', 'only'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('readThread' as const),
      ...about,
      upTo: fc.option(which),
      unread: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('follow' as const), ...about, on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('rejoin' as const), who: which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), message: which }) },
  { weight: 1, arbitrary: fc.constant({ do: 'erase' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('look' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  },
);
export type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;
