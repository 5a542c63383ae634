import { randomUUID } from 'node:crypto';
import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import { type Json, request } from '../whole-stack/chat-user.ts';
import { frameLine, type Line } from './lines.ts';
import { onBothTargets } from './on-both-targets.ts';

interface Person {
  id: string;
  email: string;
  fullName: string;
  password: string;
  token: string;
}

onBothTargets('groups', (target) => {
  const call = (person: Person, method: string, path: string, body?: unknown) =>
    request(target().url, method, path, body, person.token);
  const must = async (person: Person, method: string, path: string, body?: unknown): Promise<Json> => {
    const answer = await call(person, method, path, body);
    expect([path, answer.status < 300, answer.body]).toEqual([path, true, answer.body]);
    return answer.body;
  };
  const register = async (fullName: string): Promise<Person> => {
    const email = `${fullName.toLowerCase()}-${randomUUID().slice(0, 8)}@example.org`;
    const password = 'correct horse';
    const { status, body } = await request(target().url, 'POST', '/auth/register', {
      email,
      password,
      fullName,
    });
    expect([status, body.user?.name]).toEqual([201, fullName]);
    return { id: body.user.id, email, fullName, password, token: body.session.access_token };
  };
  const logIn = async ({ email, password }: Person) =>
    request(target().url, 'POST', '/auth/login', { email, password });
  const code = async (answer: Promise<{ status: number; body: Json }>) => {
    const { status, body } = await answer;
    return [status, body?.code];
  };
  const nobody = '00000000-0000-7000-8000-000000000000';

  test('1 POST /auth/register creates an identity with an empty profile', async () => {
    const ada = await register('Ada');
    expect(await must(ada, 'GET', `/user/${ada.id}`)).toMatchObject({
      id: ada.id,
      name: 'Ada',
      description: '',
      role: '',
      theme_mode: 'light',
    });
    const again = request(target().url, 'POST', '/auth/register', {
      email: ada.email,
      password: 'battery staple',
      fullName: 'Ada',
    });
    expect(await code(again)).toEqual([409, 'email_taken']);
  });

  test('2 POST /auth/login {email, password} answers session.access_token, the bearer token', async () => {
    const ada = await register('Ada');
    const { status, body } = await logIn(ada);
    expect([status, body.user.id, body.session.token_type]).toEqual([200, ada.id, 'bearer']);
    await must({ ...ada, token: body.session.access_token }, 'GET', '/user/dashboard');
    expect(await code(logIn({ ...ada, password: 'wrong' }))).toEqual([401, 'invalid_credentials']);
    expect(await code(request(target().url, 'GET', '/user/dashboard'))).toEqual([401, 'unauthenticated']);
  });

  test("3 PUT /user/profile changes only the caller's profile", async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    const changes = {
      name: 'Ada Lovelace',
      description: 'Writes programs',
      resume_link: 'https://example.org/ada',
      role: 'Developer',
      profile_picture: 'https://example.org/ada.png',
      theme_mode: 'dark',
      theme_color: '#663399',
      background_image: 'https://example.org/engine.png',
    };
    expect(await must(ada, 'PUT', '/user/profile', { id: ada.id, ...changes })).toMatchObject({
      id: ada.id,
      ...changes,
    });
    expect(await must(bob, 'GET', `/user/${ada.id}`)).toMatchObject(changes);
    expect(await must(ada, 'PUT', '/user/profile', { role: 'Countess' })).toMatchObject({
      ...changes,
      role: 'Countess',
    });
    expect(await must(ada, 'PUT', '/user/profile', { resume_link: null })).toMatchObject({
      resume_link: '',
      description: 'Writes programs',
    });
    expect(await code(call(bob, 'PUT', '/user/profile', { id: ada.id, name: 'Forged' }))).toEqual([
      403,
      'identity_mismatch',
    ]);
    expect(await code(call(bob, 'PUT', '/user/profile', { id: 'user_id_here', name: 'Forged' }))).toEqual([
      403,
      'identity_mismatch',
    ]);
    expect(await must(bob, 'GET', `/user/${ada.id}`)).toMatchObject({ name: 'Ada Lovelace' });
    const tooLong = 'x'.repeat(65_537);
    const { status, body } = await call(ada, 'PUT', '/user/profile', {
      theme_mode: 'purple',
      resume_link: tooLong,
    });
    expect([status, body.errors.map(({ field }: Json) => field)]).toEqual([
      400,
      ['resume_link', 'theme_mode'],
    ]);
  });

  test('profile fields are free text, stored unchanged; null clears a field', async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    const prefix = 'data:image/png;base64,';
    const fields = {
      profile_picture: '/uploads/x.png',
      background_image: prefix + 'A'.repeat(65_536 - prefix.length),
      resume_link: 'adarsh.com/resume',
      theme_color: 'linear-gradient(45deg, rgb(66 33 99 / 50%), rebeccapurple 80%)',
      description: '<b>"quoted" & ünïcode 👍</b>',
      role: 'Developer / DevOps',
    };
    expect(await must(ada, 'PUT', '/user/profile', fields)).toMatchObject(fields);
    expect(await must(bob, 'GET', `/user/${ada.id}`)).toMatchObject(fields);
    // It is also the canonical profile.
    expect(await must(bob, 'GET', `/api/v1/users/${ada.id}`)).toMatchObject({
      profilePicture: fields.profile_picture,
      backgroundImage: fields.background_image,
      resumeLink: fields.resume_link,
    });
    const cleared = Object.fromEntries([...Object.keys(fields), 'name'].map((field) => [field, null]));
    expect(await must(ada, 'PUT', '/user/profile', { ...cleared, theme_mode: null })).toMatchObject({
      ...Object.fromEntries(Object.keys(cleared).map((field) => [field, ''])),
      theme_mode: 'light',
    });
    const group = await must(ada, 'POST', '/group/create', {
      name: 'Pictures',
      group_picture: '/uploads/g.png',
      members: [],
    });
    expect(group.group_picture).toBe('/uploads/g.png');
  });

  test('GET /user/dashboard is complete: every contact, and every group with its members', async () => {
    const ada = await register('Ada');
    const people = await Promise.all(Array.from({ length: 12 }, (_, index) => register(`P${index}`)));
    for (const person of people) await must(ada, 'POST', '/user/add-contact', { contactId: person.id });
    const made: string[] = [];
    for (let number = 0; number < 55; number++) {
      made.unshift(
        (await must(ada, 'POST', '/group/create', { name: `Group ${number}`, members: [people[0]?.id] })).id,
      );
    }
    const answer = await fetch(`${target().url}/user/dashboard`, {
      headers: { authorization: `Bearer ${ada.token}` },
    });
    const { contacts, groups } = (await answer.json()) as Json;
    expect([contacts.length, answer.headers.get('x-has-more')]).toEqual([12, null]);
    expect(groups.map(({ id }: Json) => id)).toEqual(made);
    expect(groups.every((group: Json) => group.members.length === 2 && group.member_count === 2)).toBe(true);
  });

  test('4 POST /user/add-contact adds a contact; twice is fine, oneself is 400, unknown is 404', async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    for (const _ of [1, 2])
      expect(await must(ada, 'POST', '/user/add-contact', { contactId: bob.id })).toMatchObject({
        id: bob.id,
      });
    expect((await must(ada, 'GET', '/user/dashboard')).contacts.map(({ id }: Json) => id)).toEqual([bob.id]);
    expect((await must(bob, 'GET', '/user/dashboard')).contacts).toEqual([]);
    expect(await code(call(ada, 'POST', '/user/add-contact', { contactId: ada.id }))).toEqual([
      400,
      'self_reference',
    ]);
    expect(await code(call(ada, 'POST', '/user/add-contact', { contactId: nobody }))).toEqual([
      404,
      'user_not_found',
    ]);
    expect(
      await code(call(ada, 'POST', '/user/add-contact', { contactId: "'; drop table contacts; --" })),
    ).toEqual([400, 'validation_failed']);
  });

  test('5 PUT /user/update-password {id, password} changes it, and ends every other session', async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    const other = { ...ada, token: (await logIn(ada)).body.session.access_token };
    const forged = call(bob, 'PUT', '/user/update-password', { id: ada.id, password: 'battery staple' });
    expect(await code(forged)).toEqual([403, 'identity_mismatch']);
    expect((await logIn(ada)).status).toBe(200);
    await must(ada, 'PUT', '/user/update-password', { id: ada.id, password: 'battery staple' });
    await eventually(async () =>
      expect(await code(call(other, 'GET', '/user/dashboard'))).toEqual([401, 'session_revoked']),
    );
    await must(ada, 'GET', '/user/dashboard');
    expect((await logIn(ada)).status).toBe(401);
    expect((await logIn({ ...ada, password: 'battery staple' })).status).toBe(200);
  });

  test('6 GET /user/:id answers one user', async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    expect(await must(ada, 'GET', `/user/${bob.id}`)).toMatchObject({ id: bob.id, name: 'Bob' });
    expect(await code(call(ada, 'GET', `/user/${nobody}`))).toEqual([404, 'user_not_found']);
  });

  test("7 GET /user/dashboard answers the caller's user, contacts, groups and recent messages", async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    await must(ada, 'POST', '/user/add-contact', { contactId: bob.id });
    const group = await must(ada, 'POST', '/group/create', { name: 'Engines', members: [bob.id] });
    const direct = await must(bob, 'POST', '/api/v1/rooms', { kind: 'direct', userId: ada.id });
    await must(bob, 'POST', `/api/v1/rooms/${direct.id}/messages`, { content: 'to Ada' });
    await must(ada, 'POST', `/api/v1/rooms/${group.id}/messages`, { content: 'to all' });
    const page = await must(ada, 'GET', '/user/dashboard');
    expect(page.user).toMatchObject({ id: ada.id, name: 'Ada' });
    expect(page.contacts).toMatchObject([{ id: bob.id }]);
    expect(page.groups).toMatchObject([{ id: group.id, members: group.members }]);
    expect(page.recent_messages).toMatchObject([
      { sender_id: ada.id, receiver_id: group.id, is_group: true, content: 'to all' },
      { sender_id: bob.id, receiver_id: ada.id, is_group: false, content: 'to Ada' },
    ]);
  });

  test('8 POST /group/create: the group appears for every member and in every contract', async () => {
    const [ada, bob, eve] = [await register('Ada'), await register('Bob'), await register('Eve')];
    const details = {
      name: 'Engines',
      description: 'Of difference',
      group_picture: 'https://example.org/engine.png',
    };
    const created = await call(ada, 'POST', '/group/create', {
      ...details,
      created_by: ada.id,
      members: [bob.id],
    });
    expect([created.status, created.body]).toMatchObject([
      201,
      { ...details, created_by: ada.id, member_count: 2 },
    ]);
    const group = created.body;
    expect(group.members.map((member: Json) => member.user_id).sort()).toEqual([ada.id, bob.id].sort());
    for (const member of [ada, bob]) {
      expect((await must(member, 'GET', '/user/dashboard')).groups).toMatchObject([
        { id: group.id, name: 'Engines' },
      ]);
      expect(await must(member, 'GET', `/api/v1/rooms/${group.id}`)).toMatchObject({
        kind: 'group',
        name: 'Engines',
      });
      expect((await must(member, 'GET', '/api/chat')).data.map(({ id }: Json) => id)).toContain(group.id);
    }
    expect((await must(eve, 'GET', '/user/dashboard')).groups).toEqual([]);
    expect(await code(call(eve, 'GET', `/api/v1/rooms/${group.id}`))).toEqual([404, 'room_not_found']);
    expect(await code(call(eve, 'POST', '/group/create', { ...details, created_by: ada.id }))).toEqual([
      403,
      'identity_mismatch',
    ]);
    expect(await code(call(eve, 'POST', '/group/create', { ...details, members: [nobody] }))).toEqual([
      404,
      'user_not_found',
    ]);
    expect(await code(call(eve, 'POST', '/group/create', { description: 'nameless' }))).toEqual([
      400,
      'validation_failed',
    ]);
  });

  test('9 POST /group/add-members: owner and admins add existing users; twice is fine', async () => {
    const [ada, bob, eve] = [await register('Ada'), await register('Bob'), await register('Eve')];
    const { id: group_id } = await must(ada, 'POST', '/group/create', { name: 'Engines', members: [bob.id] });
    const add = (person: Person, ...user_ids: string[]) =>
      call(person, 'POST', '/group/add-members', { group_id, user_ids });
    expect(await code(add(bob, eve.id))).toEqual([403, 'not_authorized']);
    expect(await code(add(eve, eve.id))).toEqual([404, 'room_not_found']);
    expect(await code(add(ada, eve.id, nobody))).toEqual([404, 'user_not_found']);
    for (const _ of [1, 2])
      expect((await add(ada, eve.id)).body).toMatchObject({ id: group_id, member_count: 3 });
    expect((await must(eve, 'GET', '/user/dashboard')).groups).toMatchObject([{ id: group_id }]);
  });

  const withLines = async (people: readonly Person[], play: (lines: Line[]) => Promise<void>) => {
    const lines = await Promise.all(
      people.map(({ token }, index) => frameLine(target().gateways[index % 2 === 0 ? 0 : 1], token)),
    );
    try {
      await play(lines);
    } finally {
      for (const line of lines) line.close();
    }
  };
  const [first, second, third] = [0, 1, 2];
  const at = (lines: readonly Line[], index: number): Line => lines[index] ?? expect.fail('no such line');

  test("join with the caller's id as a bare string may be repeated; other ids are refused", async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    await withLines([ada], async (lines) => {
      for (const _ of [1, 2]) at(lines, first).emit('join', ada.id);
      await eventually(() => expect(at(lines, first).all('joined')).toHaveLength(2));
      at(lines, first).emit('join', bob.id);
      expect(await at(lines, first).hears('error')).toMatchObject({
        code: 'identity_mismatch',
        type: 'IDENTITY_MISMATCH',
      });
    });
  });

  test('send-message to a user reaches all devices of both, without join, in one direct room', async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    await withLines([ada, bob, bob, ada], async (lines) => {
      at(lines, first).emit('send-message', {
        sender_id: ada.id,
        receiver_id: bob.id,
        content: 'Hello, Bob.',
        is_group: false,
      });
      const message = { sender_id: ada.id, receiver_id: bob.id, is_group: false, content: 'Hello, Bob.' };
      const sent = await at(lines, first).hears('message-sent');
      expect(sent).toMatchObject(message);
      for (const index of [first, second, third, 3]) {
        const heard = await at(lines, index).hears('receive-message');
        expect(heard).toMatchObject({ ...message, id: sent.id });
        expect(Object.keys(heard)).toEqual(expect.arrayContaining(['created_at', 'seq']));
        expect(at(lines, index).all('message-sent')).toHaveLength(index === first ? 1 : 0);
      }
      at(lines, second).emit('send-message', {
        sender_id: bob.id,
        receiver_id: ada.id,
        content: 'Hello, Ada.',
        is_group: false,
      });
      await at(lines, first).hears('receive-message', {
        sender_id: bob.id,
        receiver_id: ada.id,
        content: 'Hello, Ada.',
      });
    });
    expect(await must(ada, 'GET', `/api/messages/${bob.id}`)).toMatchObject([
      { content: 'Hello, Bob.' },
      { content: 'Hello, Ada.' },
    ]);
  });

  test('join-group with a bare id; send-message with is_group reaches only the members', async () => {
    const [ada, bob, eve] = [await register('Ada'), await register('Bob'), await register('Eve')];
    const group = await must(ada, 'POST', '/group/create', { name: 'Engines', members: [bob.id] });
    await withLines([ada, bob, eve], async (lines) => {
      for (const index of [first, second, third]) at(lines, index).emit('join-group', group.id);
      for (const index of [first, second]) await at(lines, index).hears('joined-group');
      expect((await at(lines, third).hears('error')).code).toBe('room_not_found');
      at(lines, second).emit('send-message', {
        sender_id: bob.id,
        receiver_id: group.id,
        content: 'Hello, all.',
        is_group: true,
      });
      const message = { sender_id: bob.id, receiver_id: group.id, is_group: true, content: 'Hello, all.' };
      for (const index of [first, second]) await at(lines, index).hears('receive-message', message);
      await at(lines, second).hears('message-sent', message);
      expect(at(lines, third).all('receive-message')).toEqual([]);
    });
  });

  test('receive-message reaches silent connections of members, also for groups made later', async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    const earlier = await must(ada, 'POST', '/group/create', { name: 'Earlier', members: [bob.id] });
    await withLines([ada, bob, bob], async (lines) => {
      const later = await must(ada, 'POST', '/group/create', { name: 'Later', members: [bob.id] });
      for (const { id, name } of [earlier, later]) {
        await must(ada, 'POST', `/api/v1/rooms/${id}/messages`, { content: `in ${name}` });
        const message = { sender_id: ada.id, receiver_id: id, is_group: true, content: `in ${name}` };
        for (const line of lines) await line.hears('receive-message', message);
      }
    });
  });

  test('a forged sender_id, a foreign group or a group just left: refused, and nothing stored', async () => {
    const [ada, bob, eve] = [await register('Ada'), await register('Bob'), await register('Eve')];
    const group = await must(ada, 'POST', '/group/create', { name: 'Engines', members: [bob.id] });
    await withLines([bob, eve], async (lines) => {
      const [bobs, eves] = [at(lines, first), at(lines, second)];
      bobs.emit('send-message', {
        sender_id: ada.id,
        receiver_id: group.id,
        content: 'forged',
        is_group: true,
      });
      await bobs.hears('error', { code: 'identity_mismatch' });
      eves.emit('send-message', {
        sender_id: eve.id,
        receiver_id: group.id,
        content: 'strange',
        is_group: true,
      });
      await eves.hears('error', { code: 'room_not_found' });
      await call(bob, 'POST', `/api/v1/rooms/${group.id}/leave`);
      bobs.emit('send-message', {
        sender_id: bob.id,
        receiver_id: group.id,
        content: 'too late',
        is_group: true,
      });
      await bobs.hears('error', { code: 'room_not_found' });
    });
    expect((await must(ada, 'GET', `/api/v1/rooms/${group.id}/messages`)).messages).toEqual([]);
  });
});
