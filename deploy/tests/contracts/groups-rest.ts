import { eventually } from '@parley/testkit';
import { expect, test } from 'vitest';
import type { Json } from '../whole-stack/chat-user.ts';
import { nobody } from './cast.ts';
import { code, type GroupsCast, type Member } from './groups-cast.ts';

/** The REST table of `groups.md`, row by row. */
export function groupsRest({ target, ask, call, must, refusal, register, logIn }: GroupsCast): void {
  test('1 POST /auth/register creates an identity with an empty profile', async () => {
    const ada = await register('Ada');
    expect(await must(ada, 'GET', `/user/${ada.id}`)).toMatchObject({
      id: ada.id,
      name: 'Ada',
      description: '',
      role: '',
      theme_mode: 'light',
    });
    const again = ask('POST', '/auth/register', {
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
    expect(await code(ask('GET', '/user/dashboard'))).toEqual([401, 'unauthenticated']);
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
    expect(await refusal(bob, 'PUT', '/user/profile', { id: ada.id, name: 'Forged' })).toEqual([
      403,
      'identity_mismatch',
    ]);
    expect(await refusal(bob, 'PUT', '/user/profile', { id: 'user_id_here', name: 'Forged' })).toEqual([
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
    expect(await refusal(ada, 'POST', '/user/add-contact', { contactId: ada.id })).toEqual([
      400,
      'self_reference',
    ]);
    expect(await refusal(ada, 'POST', '/user/add-contact', { contactId: nobody })).toEqual([
      404,
      'user_not_found',
    ]);
    expect(
      await refusal(ada, 'POST', '/user/add-contact', { contactId: "'; drop table contacts; --" }),
    ).toEqual([400, 'validation_failed']);
  });

  test('5 PUT /user/update-password ends every other session and notifies the user', async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    const other = { ...ada, token: (await logIn(ada)).body.session.access_token };
    const forged = call(bob, 'PUT', '/user/update-password', { id: ada.id, password: 'battery staple' });
    expect(await code(forged)).toEqual([403, 'identity_mismatch']);
    expect((await logIn(ada)).status).toBe(200);
    await must(ada, 'PUT', '/user/update-password', { id: ada.id, password: 'battery staple' });
    await eventually(async () =>
      expect(await refusal(other, 'GET', '/user/dashboard')).toEqual([401, 'session_revoked']),
    );
    await must(ada, 'GET', '/user/dashboard');
    await eventually(async () =>
      expect((await must(ada, 'GET', '/api/v1/notifications')).notifications).toMatchObject([
        { type: 'system', title: 'Password changed' },
      ]),
    );
    expect((await logIn(ada)).status).toBe(401);
    expect((await logIn({ ...ada, password: 'battery staple' })).status).toBe(200);
  });

  test('6 GET /user/:id answers one user', async () => {
    const [ada, bob] = [await register('Ada'), await register('Bob')];
    expect(await must(ada, 'GET', `/user/${bob.id}`)).toMatchObject({ id: bob.id, name: 'Bob' });
    expect(await refusal(ada, 'GET', `/user/${nobody}`)).toEqual([404, 'user_not_found']);
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
    expect(await refusal(eve, 'GET', `/api/v1/rooms/${group.id}`)).toEqual([404, 'room_not_found']);
    expect(await refusal(eve, 'POST', '/group/create', { ...details, created_by: ada.id })).toEqual([
      403,
      'identity_mismatch',
    ]);
    expect(await refusal(eve, 'POST', '/group/create', { ...details, members: [nobody] })).toEqual([
      404,
      'user_not_found',
    ]);
    expect(await refusal(eve, 'POST', '/group/create', { description: 'nameless' })).toEqual([
      400,
      'validation_failed',
    ]);
  });

  test('9 POST /group/add-members: owner and admins add existing users; twice is fine', async () => {
    const [ada, bob, eve] = [await register('Ada'), await register('Bob'), await register('Eve')];
    const { id: group_id } = await must(ada, 'POST', '/group/create', { name: 'Engines', members: [bob.id] });
    const add = (person: Member, ...user_ids: string[]) =>
      call(person, 'POST', '/group/add-members', { group_id, user_ids });
    expect(await code(add(bob, eve.id))).toEqual([403, 'not_authorized']);
    expect(await code(add(eve, eve.id))).toEqual([404, 'room_not_found']);
    expect(await code(add(ada, eve.id, nobody))).toEqual([404, 'user_not_found']);
    for (const _ of [1, 2])
      expect((await add(ada, eve.id)).body).toMatchObject({ id: group_id, member_count: 3 });
    expect((await must(eve, 'GET', '/user/dashboard')).groups).toMatchObject([{ id: group_id }]);
  });
}
