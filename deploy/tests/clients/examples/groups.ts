import { expect, test } from 'vitest';
import { connectWebSocket } from '../../contracts/connections.ts';
import type { Json } from '../../whole-stack/chat-user.ts';
import type { Target } from '../../whole-stack/target.ts';
import { createReader, expectFields, unique } from './example.ts';

/** `groups.md`, as printed. */
export function groupsExamples(target: () => Target): void {
  const { call, ok, keep } = createReader(target);
  const register = async () => {
    // A password of six characters, as in the document's own example.
    const credentials = { email: `adarsh-${unique()}@example.com`, password: '123456' };
    await ok(undefined, 'POST /auth/register', { ...credentials, fullName: 'Adarsh Kumar' });
    const { session, user } = await ok(undefined, 'POST /auth/login', credentials);
    return { id: user.id as string, token: session.access_token as string };
  };

  test('groups.md: every call of its REST table returns the documented fields', async () => {
    const [ada, bob, eve] = await Promise.all([register(), register(), register()]);
    const profile = {
      ...{ name: 'Adarsh', description: 'Backend', resume_link: 'adarsh.com/resume', role: 'Developer' },
      ...{
        profile_picture: '/uploads/x.png',
        theme_mode: 'dark',
        theme_color: '#000000',
        background_image: '/uploads/bg.png',
      },
    };
    expect(await ok(ada.token, 'PUT /user/profile', { id: ada.id, ...profile })).toMatchObject(profile);
    expect(await ok(ada.token, 'PUT /user/profile', { ...profile, resume_link: null })).toMatchObject({
      ...profile,
      resume_link: '',
    });
    expect((await call(ada.token, 'PUT /user/profile', { id: 'user_id_here', ...profile })).body.code).toBe(
      'identity_mismatch',
    );
    for (const _ of [1, 2]) await ok(ada.token, 'POST /user/add-contact', { contactId: bob.id });
    expect((await call(ada.token, 'POST /user/add-contact', { contactId: ada.id })).status).toBe(400);
    await ok(ada.token, 'PUT /user/update-password', { id: ada.id, password: '654321' });
    const userFields =
      'id name description resume_link role profile_picture theme_mode theme_color ' +
      'background_image created_at';
    expectFields(await ok(bob.token, `GET /user/${ada.id}`), userFields);
    const group = await ok(ada.token, 'POST /group/create', {
      ...{
        name: 'Engines',
        description: 'Of difference',
        group_picture: '/uploads/g.png',
        created_by: ada.id,
        members: [bob.id],
      },
    });
    expectFields(group, 'id name description group_picture created_by created_at');
    await ok(ada.token, 'POST /group/add-members', { group_id: group.id, user_ids: [eve.id] });
    const dashboard = await ok(eve.token, 'GET /user/dashboard');
    expectFields(dashboard, 'user contacts groups recent_messages');
    expect(dashboard.groups.map(({ id }: Json) => id)).toEqual([group.id]);
  });

  test('groups.md: its events work as frames {"event", "data"} to the root URL', async () => {
    const [ada, bob] = await Promise.all([register(), register()]);
    const { id: group } = await ok(ada.token, 'POST /group/create', { name: 'Engines', members: [bob.id] });
    const connection = keep(await connectWebSocket(target().url, ada.token));
    connection.emit('join', ada.id);
    await connection.receives('joined');
    connection.emit('send-message', {
      sender_id: ada.id,
      receiver_id: bob.id,
      content: 'Hello',
      is_group: false,
    });
    const message = await connection.receives('receive-message', {
      sender_id: ada.id,
      receiver_id: bob.id,
      is_group: false,
      content: 'Hello',
    });
    expectFields(message, 'id sender_id receiver_id is_group content created_at seq');
    await connection.receives('message-sent', { content: 'Hello' });
    connection.emit('join-group', group);
    await connection.receives('joined-group');
    connection.emit('send-message', {
      sender_id: ada.id,
      receiver_id: group,
      content: 'Hello, all',
      is_group: true,
    });
    await connection.receives('receive-message', {
      sender_id: ada.id,
      receiver_id: group,
      is_group: true,
      content: 'Hello, all',
    });
    connection.emit('send-message', {
      sender_id: bob.id,
      receiver_id: group,
      content: 'Forged',
      is_group: true,
    });
    await connection.receives('error', { code: 'identity_mismatch' });
  });
}
