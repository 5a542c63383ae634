import { newId } from '@parley/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DirectoryTest, startDirectory, type TestPerson } from './harness.ts';

const clock = { now: Date.now() };
let directory: DirectoryTest;
let ada: TestPerson;
const organizationId = newId();
beforeAll(async () => {
  directory = await startDirectory({}, { clock: () => clock.now });
  ada = await directory.person('ada', organizationId);
});
afterAll(() => directory.stop());

type Row = { id: string; name?: string; username?: string };
/** Calls a path of a client contract, outside `/api/v1`. */
const page = async (path: string, number: number, by: { token: string } = ada): Promise<string[]> => {
  const headers = { authorization: `Bearer ${by.token}` };
  const answer = await fetch(`${directory.url}${path}&page=${number}`, { headers });
  const { data, rooms } = (await answer.json()) as { data?: Row[]; rooms?: Row[] };
  return (data ?? rooms ?? []).map(({ name, username }) => username ?? name ?? '');
};

async function walk(path: string, pages: number, between: (number: number) => Promise<unknown>) {
  const found: string[] = [];
  for (let number = 1; number <= pages; number++) {
    found.push(...(await page(path, number)));
    await between(number);
  }
  return found;
}

test.each(['/api/v1/rooms?mine=true&limit=2', '/api/chat?pageSize=2'])(
  'reading %s page by page repeats and misses no room while rooms are created and deleted',
  async (path) => {
    const made: Row[] = [];
    const create = async (name: string) => {
      const { body } = await ada.call('POST', '/rooms', { name });
      made.unshift(body);
    };
    for (let number = 1; number <= 6; number++) await create(`room ${number}`);
    const found = await walk(path, 3, async (number) => {
      await create(`later ${number}`);
      if (number === 2) await ada.call('DELETE', `/rooms/${made.at(-6)?.id}`);
    });
    expect(found).toEqual(['room 6', 'room 5', 'room 4', 'room 3', 'room 2', 'room 1']);
    // A page that nobody has read up to is counted from the start of the list.
    expect(await page(path, 1)).toEqual(['later 3', 'later 2']);
    expect(await page(path, 2)).toEqual(['later 1', 'room 5']);
    for (const { id } of made) await ada.call('DELETE', `/rooms/${id}`);
  },
);

test.each([
  ['/users/search', 'yak'],
  ['/friendships/search', 'zed'],
])('reading %s page by page repeats and misses nobody while others arrive', async (path, prefix) => {
  const befriend = async (name: string) => {
    const user = await directory.person(name, organizationId);
    const { body } = await ada.call('POST', '/friend-requests', { userId: user.id });
    await user.call('POST', `/friend-requests/${body.id}/accept`);
  };
  const names = [1, 2, 3, 4, 5].map((number) => `${prefix}${number}`);
  for (const name of names) await befriend(name);
  const found = await walk(`${path}?search=${prefix}&limit=2`, 3, (number) =>
    befriend(`${prefix}0-${number}`),
  );
  expect(found).toEqual(names);
});

test('one user reading a list does not move the pages of another', async () => {
  const eve = await directory.person('eve', organizationId);
  for (let number = 1; number <= 4; number++) await ada.call('POST', '/rooms', { name: `shared ${number}` });
  const path = '/api/v1/rooms?limit=2';
  expect(await page(path, 1)).toEqual(['shared 4', 'shared 3']);
  await ada.call('POST', '/rooms', { name: 'shared 5' });
  expect(await page(path, 1, eve)).toEqual(['shared 5', 'shared 4']);
  expect(await page(path, 2)).toEqual(['shared 2', 'shared 1']);
  expect(await page(path, 2, eve)).toEqual(['shared 3', 'shared 2']);
});

test("two devices of a user that read a list at the same time do not change each other's pages", async () => {
  const made: string[] = [];
  for (let number = 1; number <= 4; number++)
    made.push((await ada.call('POST', '/rooms', { name: `room ${number}` })).body.id);
  const path = '/api/chat?pageSize=2';
  const other = directory.onAnotherDevice(ada);
  expect(await page(path, 1)).toEqual(['room 4', 'room 3']);
  made.push((await ada.call('POST', '/rooms', { name: 'room 5' })).body.id);
  expect(await page(path, 1, other)).toEqual(['room 5', 'room 4']);
  expect(await page(path, 2)).toEqual(['room 2', 'room 1']);
  expect(await page(path, 2, other)).toEqual(['room 3', 'room 2']);
  for (const id of made) await ada.call('DELETE', `/rooms/${id}`);
});
