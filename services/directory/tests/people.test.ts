import { newId } from '@parley/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DirectoryTest, startDirectory, type TestPerson } from './harness.ts';

let directory: DirectoryTest;
beforeAll(async () => {
  directory = await startDirectory({ MAX_CONTACTS: '5' });
});
afterAll(() => directory.stop());

const names = async (person: TestPerson, query: string): Promise<string[]> => {
  const { status, body } = await person.call('GET', `/users?${query}`);
  expect(status).toBe(200);
  return body.users.map((user: { username: string }) => user.username);
};

describe('profiles', () => {
  it('a registered identity has an empty profile', async () => {
    const ada = await directory.person('profile ada', null, 'Ada');
    const { status, body } = await ada.call('GET', '/users/me');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: ada.id,
      username: 'profile ada',
      name: 'Ada',
      description: '',
      themeMode: 'light',
      organizationId: null,
    });
  });

  it('a missing profile is fetched once, for the caller and the requested user', async () => {
    const early = directory.stranger('early bird');
    const other = directory.stranger('early worm');
    const before = directory.identityAsks();
    expect((await early.call('GET', `/users/${other.id}`)).body).toMatchObject({ username: 'early worm' });
    expect((await early.call('GET', '/users/me')).status).toBe(200);
    expect((await early.call('GET', `/users/${other.id}`)).status).toBe(200);
    expect(directory.identityAsks() - before).toBe(2);
  });

  it('a registration that arrives twice, or after the profile was fetched, changes nothing', async () => {
    const ada = await directory.person('twice ada', null, 'Ada');
    await ada.call('PATCH', '/users/me', { name: 'Countess' });
    const createdAt = new Date().toISOString();
    const again = {
      userId: ada.id,
      username: 'twice ada',
      name: 'Ada',
      organizationId: null,
      organizationRole: null,
      createdAt,
    };
    await directory.publish('user.registered', again);
    expect((await ada.call('GET', '/users/me')).body.name).toBe('Countess');
  });

  it('an update changes only the given fields', async () => {
    const ada = await directory.person('changing ada', null, 'Ada');
    const changes = {
      name: 'Ada L.',
      jobTitle: 'Developer',
      resumeLink: 'https://example.org/cv',
      themeMode: 'dark',
      themeColor: '#123456',
    };
    expect((await ada.call('PATCH', '/users/me', changes)).body).toMatchObject(changes);
    expect((await ada.call('PATCH', '/users/me', { description: 'First.' })).body).toMatchObject({
      ...changes,
      description: 'First.',
    });
  });

  it.each([
    ['name', 'a text with NUL', 'a\u0000b'],
    ['name', '101 characters', 'x'.repeat(101)],
    ['themeMode', 'another mode', 'blue'],
    ['resumeLink', 'more than 64 KB', 'x'.repeat(65_537)],
    ['description', '10,001 characters', 'x'.repeat(10_001)],
    ['profilePicture', 'a number', 1],
  ])('an update of %s to %s is refused by field', async (field, _what, value) => {
    const ada = await directory.person();
    const { status, body } = await ada.call('PATCH', '/users/me', { [field]: value });
    expect([status, body.errors[0].field]).toEqual([422, field]);
  });

  it('an unknown user is 404, a malformed id 422, a missing token 401', async () => {
    const ada = await directory.person();
    expect(await ada.call('GET', `/users/${newId()}`)).toMatchObject({
      status: 404,
      body: { code: 'user_not_found' },
    });
    expect((await ada.call('GET', '/users/42')).status).toBe(422);
    expect((await directory.request('GET', '/users/me', undefined)).status).toBe(401);
  });
});

describe('search', () => {
  it('matches the beginning of a username, a name or their words, in any case', async () => {
    const org = newId();
    const seeker = await directory.person('seeker', org);
    await directory.person('Grace', org, 'Grace Brewster Hopper');
    await directory.person('hop-along', org, 'Someone');
    await directory.person('émile', org, 'Émile Zola');
    expect(await names(seeker, 'search=HOP')).toEqual(['hop-along', 'Grace']);
    expect(await names(seeker, 'search=brewster%20h')).toEqual(['Grace']);
    expect(await names(seeker, `search=${encodeURIComponent('ÉMI')}`)).toEqual(['émile']);
    expect(await names(seeker, 'search=opper')).toEqual([]);
    expect(await names(seeker, 'search=%25')).toEqual([]);
    expect(await names(seeker, 'search=_')).toEqual([]);
  });

  it('folds accents, and letters that keyboards lack, in names and in the search', async () => {
    const org = newId();
    const seeker = await directory.person('folding seeker', org);
    const people = {
      'Łukasz Żółć': 'zolc',
      'Søren Ångström': 'angstr',
      Iğdır: 'igd',
      'Эдуард Чайкин': 'чаик',
      Οδυσσέας: 'οδυσ',
      'Siobhán O’Brien': "o'b",
    };
    for (const [name, search] of Object.entries(people)) {
      await directory.person(name, org);
      for (const typed of [search, search.toUpperCase(), name.normalize('NFD'), name.toUpperCase()])
        expect(await names(seeker, `search=${encodeURIComponent(typed)}`)).toEqual([name]);
    }
    await directory.person('かき', org);
    expect(await names(seeker, `search=${encodeURIComponent('がき')}`)).toEqual([]);
    await directory.person('علی\u200cرضا', org);
    expect(await names(seeker, `search=${encodeURIComponent('علیر')}`)).toEqual(['علی\u200cرضا']);
  });

  it('finds users by their new name, and no longer by the old one', async () => {
    const org = newId();
    const ada = await directory.person('renamed', org, 'Byron');
    await ada.call('PATCH', '/users/me', { name: 'Lovelace' });
    expect(await names(ada, 'search=lovel')).toEqual(['renamed']);
    expect(await names(ada, 'search=byron')).toEqual([]);
  });

  it('without a text lists every visible user once, page by page', async () => {
    const org = newId();
    const people = await Promise.all(
      ['c', 'a', 'e', 'b', 'd'].map((name) => directory.person(`page ${name}`, org, `Person ${name}`)),
    );
    const [first] = people as [TestPerson];
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await first.call('GET', `/users?limit=2${cursor ? `&cursor=${cursor}` : ''}`);
      expect(body.users.length).toBeLessThanOrEqual(2);
      seen.push(...body.users.map((user: { username: string }) => user.username));
      cursor = body.nextCursor;
    } while (cursor);
    expect(seen).toEqual(['page a', 'page b', 'page c', 'page d', 'page e']);
    expect(await names(first, 'search=p&limit=3')).toEqual(['page a', 'page b', 'page c']);
  });

  it('shows users of the same organization, or of none like the caller, and no others', async () => {
    const [org, other] = [newId(), newId()];
    const inside = await directory.person('vis inside', org);
    const elsewhere = await directory.person('vis elsewhere', other);
    const outside = await directory.person('vis outside');
    expect(await names(inside, 'search=vis')).toEqual(['vis inside']);
    expect(await names(outside, 'search=vis')).toEqual(['vis outside']);
    for (const [viewer, hidden] of [
      [inside, elsewhere],
      [inside, outside],
      [outside, inside],
    ] as const) {
      expect((await viewer.call('GET', `/users/${hidden.id}`)).status).toBe(404);
      expect((await viewer.call('PUT', `/contacts/${hidden.id}`)).status).toBe(404);
    }
  });

  it('always shows contacts and members of shared rooms, of any organization', async () => {
    const [stayer, contact, roommate] = (await directory.people(3)) as [TestPerson, TestPerson, TestPerson];
    await stayer.call('PUT', `/contacts/${contact.id}`);
    await stayer.call('POST', '/rooms', { kind: 'group', name: 'mates', members: [roommate.id] });
    const org = newId();
    await directory.move(contact, org);
    await directory.move(roommate, org);
    for (const known of [contact, roommate]) {
      expect((await stayer.call('GET', `/users/${known.id}`)).status).toBe(200);
      expect(await names(stayer, `search=${known.username}`)).toEqual([known.username]);
    }
  });

  it.each([
    'cursor=nonsense',
    `cursor=${Buffer.from('["a","b"]').toString('base64url')}`,
    'limit=0',
    'limit=201',
    'limit=x',
    'search=%00',
    'search=a&search=b',
  ])('refuses ?%s', async (query) => {
    const ada = await directory.person();
    expect((await ada.call('GET', `/users?${query}`)).status).toBe(422);
  });
});

describe('contacts', () => {
  it('are added, listed alphabetically and removed, idempotently', async () => {
    const ada = await directory.person('contact ada');
    const zoe = await directory.person('contact zoe');
    const bob = await directory.person('contact bob');
    for (const other of [zoe, bob, bob])
      expect((await ada.call('PUT', `/contacts/${other.id}`)).body.id).toBe(other.id);
    const listed = await ada.call('GET', '/contacts');
    expect(listed.body.users.map((user: { username: string }) => user.username)).toEqual([
      'contact bob',
      'contact zoe',
    ]);
    expect((await bob.call('GET', '/contacts')).body.users).toEqual([]);
    for (let time = 0; time < 2; time++)
      expect((await ada.call('DELETE', `/contacts/${bob.id}`)).status).toBe(204);
    expect((await ada.call('GET', '/contacts')).body.users).toHaveLength(1);
  });

  it('of oneself are 400, of an unknown user 404, beyond the limit 409', async () => {
    const ada = await directory.person();
    expect(await ada.call('PUT', `/contacts/${ada.id}`)).toMatchObject({
      status: 400,
      body: { code: 'self_reference' },
    });
    expect(await ada.call('PUT', `/contacts/${newId()}`)).toMatchObject({
      status: 404,
      body: { code: 'user_not_found' },
    });
    const others = await directory.people(8);
    const answers = await Promise.all(others.map((other) => ada.call('PUT', `/contacts/${other.id}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(answers.filter(({ body }) => body.code === 'limit_reached')).toHaveLength(3);
  });
});
