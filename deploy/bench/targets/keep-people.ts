import type { Person } from './target.ts';

/** People are registered once: whoever asks for some gets the first that there are, and only those who are missing are made. */
export function keepPeople(
  register: (count: number) => Promise<Person[]>,
): (count: number) => Promise<Person[]> {
  const people: Person[] = [];
  return async (count) => {
    if (people.length < count) people.push(...(await register(count - people.length)));
    return people.slice(0, count);
  };
}
