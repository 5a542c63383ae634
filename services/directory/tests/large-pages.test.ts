import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DirectoryTest, startDirectory, type TestPerson } from './harness.ts';

let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory();
});
afterAll(() => directory.stop());

/** A picture of the maximum length. */
const picture = `data:image/png;base64,${'A'.repeat(65_514)}`;

async function walk(person: TestPerson, path: string, list: 'users' | 'rooms'): Promise<string[][]> {
  const pages: string[][] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { status, body } = await person.call('GET', `${path}${cursor && `&cursor=${cursor}`}`);
    expect(status).toBe(200);
    expect(JSON.stringify(body).length).toBeLessThan(2_100_000);
    pages.push(body[list].map(({ id }: { id: string }) => id));
    cursor = body.nextCursor;
  }
  return pages;
}

it('a page of large profiles stays within the size limit, and each profile is on one page', async () => {
  const organizationId = '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4d';
  const people = await directory.people(13, organizationId);
  for (const person of people) {
    const changes = { profilePicture: picture, backgroundImage: picture, resumeLink: picture };
    expect(await person.call('PATCH', '/users/me', changes)).toMatchObject({ status: 200, body: changes });
  }
  const [ada] = people;
  if (!ada) return expect.fail('missing user');
  const pages = await walk(ada, '/users?limit=200', 'users');
  expect(pages.length).toBe(2);
  expect(pages.flat().sort()).toEqual(people.map(({ id }) => id).sort());
});

it('a page of large rooms stays within the size limit as well', async () => {
  const ada = await directory.person();
  const made: string[] = [];
  for (let number = 0; number < 33; number++) {
    made.unshift((await ada.call('POST', '/rooms', { name: `room ${number}`, picture })).body.id);
  }
  const pages = await walk(ada, '/rooms?mine=true&limit=200', 'rooms');
  expect(pages.length).toBe(2);
  expect(pages.flat()).toEqual(made);
});

it('numbered pages of large rooms, and lists without pictures, leave out no room', async () => {
  const organizationId = '01997b2e-7c1a-7cc3-9d5e-0b1f6a2f3c4e';
  const [ada] = await directory.people(1, organizationId);
  if (!ada) return expect.fail('missing user');
  const made: string[] = [];
  for (let number = 0; number < 33; number++)
    made.unshift((await ada.call('POST', '/rooms', { name: `room ${number}`, picture })).body.id);
  const page = async (number: number) => {
    const { body } = await ada.call('GET', `/rooms?mine=true&limit=32&page=${number}`);
    expect(JSON.stringify(body).length).toBeLessThan(2_100_000);
    return body.rooms as { id: string; picture: string }[];
  };
  const [first, second] = [await page(1), await page(2)];
  expect([...first, ...second].map(({ id }) => id)).toEqual(made);
  expect([first[0]?.picture, first.at(-1)?.picture, second[0]?.picture]).toEqual([picture, '', picture]);
  const headers = { authorization: `Bearer ${ada.token}` };
  const list = await fetch(`${directory.url}/conversations`, { headers });
  const conversations = (await list.json()) as { conversation_id: string }[];
  expect(conversations.map((conversation) => conversation.conversation_id)).toEqual(made);
});

it('a profile field over 64 KB is refused, and null clears a field', async () => {
  const ada = await directory.person();
  expect((await ada.call('PATCH', '/users/me', { profilePicture: `${picture}A` })).status).toBe(422);
  expect(
    (await ada.call('PATCH', '/users/me', { profilePicture: 'adarsh.com/me', description: 'x' })).status,
  ).toBe(200);
  const { body } = await ada.call('PATCH', '/users/me', { profilePicture: null });
  expect([body.profilePicture, body.description]).toEqual(['', 'x']);
});
