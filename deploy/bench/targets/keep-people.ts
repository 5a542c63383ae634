import type { Person } from './target.ts';

/**
 * Registers each person once: returns existing people first, and registers only the missing ones.
 */
export function keepPeople(
  register: (count: number) => Promise<Person[]>,
): (count: number) => Promise<Person[]> {
  const people: Person[] = [];
  return async (count) => {
    if (people.length < count) people.push(...(await register(count - people.length)));
    return people.slice(0, count);
  };
}
