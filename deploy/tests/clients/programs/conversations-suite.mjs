// `conversations`: an end-to-end suite like the one that the source project publishes, one user
// story after the other.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { print } from './console.mjs';
import { restClient } from './rest.mjs';

const [url] = process.argv.slice(2);
const password = 'correct horse';

async function step(title, run) {
  try {
    await run();
    print('step', { title, ok: true });
  } catch (error) {
    print('step', { title, ok: false, error: error.message });
  }
}

/** Asserts the status of a response, and returns its body. */
async function expectStatus(status, response) {
  const { status: actual, body } = await response;
  assert.equal(actual, status, JSON.stringify(body));
  return body;
}

/** Notifications arrive a moment after their cause. */
async function until(attempt) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

const user = async (name) => {
  const username = `${name}_${randomUUID().slice(0, 8)}`;
  const { call, use } = restClient(url);
  const body = await expectStatus(
    201,
    call('POST', '/auth/register', { username, email: `${username}@example.com`, password }),
  );
  use(body.token);
  return { username, id: body.user.user_id, call };
};
const [ada, bob, eve] = [await user('ada'), await user('bob'), await user('eve')];
const ids = (list) => list.map(({ user_id }) => user_id);

await step(
  'POST /auth/register refuses a name that is taken (409) and a malformed e-mail (400)',
  async () => {
    const taken = { username: ada.username, email: `${randomUUID()}@example.com`, password };
    await expectStatus(409, ada.call('POST', '/auth/register', taken));
    await expectStatus(
      400,
      ada.call('POST', '/auth/register', { username: 'nobody', email: 'nonsense', password }),
    );
  },
);
await step(
  'POST /auth/login {username, password} returns the JWT and the user, and 401 for a wrong password',
  async () => {
    const body = await expectStatus(
      200,
      ada.call('POST', '/auth/login', { username: ada.username, password }),
    );
    assert.equal(body.user.user_id, ada.id);
    assert.equal(typeof body.token, 'string');
    await expectStatus(
      401,
      ada.call('POST', '/auth/login', { username: ada.username, password: 'wrong horse' }),
    );
  },
);
await step('GET /users lists users with user_id, GET /users/:id returns one', async () => {
  assert.ok(ids(await expectStatus(200, ada.call('GET', '/users'))).includes(bob.id));
  assert.equal((await expectStatus(200, ada.call('GET', `/users/${bob.id}`))).username, bob.username);
});
await step('GET /users/search?search&page&limit returns {data, meta}', async () => {
  const body = await expectStatus(
    200,
    ada.call('GET', `/users/search?search=${bob.username}&page=1&limit=10`),
  );
  assert.deepEqual(ids(body.data), [bob.id]);
  assert.deepEqual(body.meta, { total: 1, page: 1, limit: 10, totalPages: 1 });
});

await step('POST /friendships/request {friendId} returns 201 pending; a repeated one 400', async () => {
  const body = await expectStatus(201, ada.call('POST', '/friendships/request', { friendId: bob.id }));
  assert.equal(body.status, 'pending');
  await expectStatus(400, ada.call('POST', '/friendships/request', { friendId: bob.id }));
});
await step('a friend request creates a friend_request notification', () =>
  until(async () => {
    const list = await expectStatus(200, bob.call('GET', '/notifications/unread'));
    assert.ok(list.some(({ type, metadata }) => type === 'friend_request' && metadata.sender_id === ada.id));
  }),
);
await step('POST /friendships/accept/:friendId returns 200 accepted', async () => {
  const body = await expectStatus(200, bob.call('POST', `/friendships/accept/${ada.id}`));
  assert.equal(body.status, 'accepted');
});
await step('GET /friendships/search?search&page&limit finds friends, and nobody else', async () => {
  const search = (name) => ada.call('GET', `/friendships/search?search=${name}&page=1&limit=10`);
  const found = await expectStatus(200, search(bob.username));
  assert.deepEqual(ids(found.data), [bob.id]);
  assert.deepEqual(found.meta, { total: 1, page: 1, limit: 10, totalPages: 1 });
  assert.equal((await expectStatus(200, search(eve.username))).meta.total, 0);
});
await step('GET /friendships/suggestions?limit returns friends of friends, by user_id', async () => {
  await expectStatus(201, eve.call('POST', '/friendships/request', { friendId: bob.id }));
  await expectStatus(200, bob.call('POST', `/friendships/accept/${eve.id}`));
  assert.deepEqual(ids(await expectStatus(200, ada.call('GET', '/friendships/suggestions?limit=5'))), [
    eve.id,
  ]);
});
await step(
  'POST /friendships/block/:friendId, a blocked request 400, DELETE /friendships/unblock/:friendId',
  async () => {
    await expectStatus(200, eve.call('POST', `/friendships/block/${ada.id}`));
    await until(() => expectStatus(400, ada.call('POST', '/friendships/request', { friendId: eve.id })));
    await expectStatus(200, eve.call('DELETE', `/friendships/unblock/${ada.id}`));
    await until(() => expectStatus(201, ada.call('POST', '/friendships/request', { friendId: eve.id })));
  },
);

let direct;
let group;
await step('POST /conversations of two returns it; the same two again get the same one', async () => {
  const body = { is_group: false, participant_ids: [ada.id, bob.id] };
  direct = await expectStatus(201, ada.call('POST', '/conversations', body));
  assert.equal(direct.is_group, false);
  const { body: again } = await bob.call('POST', '/conversations', body);
  assert.equal(again.conversation_id, direct.conversation_id);
});
await step(
  'POST /conversations: a group needs a name, and others exactly two participants (400)',
  async () => {
    await expectStatus(
      400,
      ada.call('POST', '/conversations', { is_group: true, participant_ids: [bob.id] }),
    );
    await expectStatus(
      400,
      ada.call('POST', '/conversations', { is_group: false, participant_ids: [ada.id, bob.id, eve.id] }),
    );
    group = await expectStatus(
      201,
      ada.call('POST', '/conversations', { name: 'Trip', is_group: true, participant_ids: [bob.id] }),
    );
    assert.equal(group.name, 'Trip');
  },
);
await step(
  'POST /conversations/:id/participants {userIds} returns the updated conversation, groups only',
  async () => {
    const path = `/conversations/${group.conversation_id}/participants`;
    const { status, body } = await ada.call('POST', path, { userIds: [eve.id] });
    assert.ok(status < 300, JSON.stringify(body));
    assert.deepEqual(ids(body.participants).sort(), [ada.id, bob.id, eve.id].sort());
    const refused = await ada.call('POST', `/conversations/${direct.conversation_id}/participants`, {
      userIds: [eve.id],
    });
    assert.ok(refused.status >= 400 && refused.status < 500);
  },
);
await step('adding a participant creates a group_invite notification', () =>
  until(async () => {
    const list = await expectStatus(200, eve.call('GET', '/notifications/unread'));
    assert.ok(list.some(({ type, metadata }) => type === 'group_invite' && metadata.group_name === 'Trip'));
  }),
);
await step(
  'POST /conversations/:id/participants/:userId/remove returns the updated conversation',
  async () => {
    const path = `/conversations/${group.conversation_id}/participants/${eve.id}/remove`;
    const { status, body } = await ada.call('POST', path);
    assert.ok(status < 300, JSON.stringify(body));
    assert.deepEqual(ids(body.participants).sort(), [ada.id, bob.id].sort());
    const gone = await eve.call('GET', `/conversations/${group.conversation_id}`);
    assert.ok([403, 404].includes(gone.status));
  },
);
await step("the last participant can't be removed", async () => {
  const solo = await expectStatus(
    201,
    eve.call('POST', '/conversations', { name: 'Solo', is_group: true, participant_ids: [eve.id] }),
  );
  const { status } = await eve.call(
    'POST',
    `/conversations/${solo.conversation_id}/participants/${eve.id}/remove`,
  );
  assert.ok(status >= 400 && status < 500);
});

let message;
await step('POST /messages {content, conversation_id} returns the message, participants only', async () => {
  const { conversation_id } = direct;
  message = await expectStatus(201, ada.call('POST', '/messages', { content: 'first', conversation_id }));
  assert.equal(message.sender_id, ada.id);
  assert.equal(message.status, 'sent');
  await expectStatus(201, bob.call('POST', '/messages', { content: 'second', conversation_id }));
  const { status } = await eve.call('POST', '/messages', { content: 'intruding', conversation_id });
  assert.ok([403, 404].includes(status));
});
const contents = async () =>
  (await expectStatus(200, bob.call('GET', `/messages/conversation/${direct.conversation_id}`))).map(
    ({ content }) => content,
  );
await step('GET /messages/conversation/:conversationId is chronological', async () => {
  assert.deepEqual(await contents(), ['first', 'second']);
});
await step(
  'GET /conversations has the latest message and participants, GET /conversations/:id the messages',
  async () => {
    const list = await expectStatus(200, ada.call('GET', '/conversations'));
    const listed = list.find(({ conversation_id }) => conversation_id === direct.conversation_id);
    assert.equal(listed.latest_message.content, 'second');
    assert.deepEqual(ids(listed.participants).sort(), [ada.id, bob.id].sort());
    const one = await expectStatus(200, ada.call('GET', `/conversations/${direct.conversation_id}`));
    assert.equal(one.messages.length, 2);
  },
);
await step('PUT /messages/:id/status {status: delivered, then read}, and never back', async () => {
  const put = (status) => bob.call('PUT', `/messages/${message.message_id}/status`, { status });
  assert.equal((await expectStatus(200, put('delivered'))).status, 'delivered');
  assert.equal((await expectStatus(200, put('read'))).status, 'read');
  assert.equal((await expectStatus(200, put('delivered'))).status, 'read');
  await expectStatus(400, put('eaten'));
});
await step('PUT /messages/:id {content} marks it edited, sender only', async () => {
  const path = `/messages/${message.message_id}`;
  assert.equal((await expectStatus(200, ada.call('PUT', path, { content: 'edited' }))).is_edited, true);
  await expectStatus(403, bob.call('PUT', path, { content: 'forged' }));
});
await step('DELETE /messages/:id is for the sender only, and hides the message', async () => {
  const path = `/messages/${message.message_id}`;
  await expectStatus(403, bob.call('DELETE', path));
  await expectStatus(200, ada.call('DELETE', path));
  assert.deepEqual(await contents(), ['second']);
});

await step('notifications: list, read one, read all, delete one', async () => {
  const list = await until(async () => {
    const all = await expectStatus(200, ada.call('GET', '/notifications'));
    assert.ok(all.some(({ type }) => type === 'message'));
    return all;
  });
  const times = list.map(({ created_at }) => Date.parse(created_at));
  assert.deepEqual(
    times,
    [...times].sort((a, b) => b - a),
  );
  const [{ notification_id }] = list;
  assert.equal(
    (await expectStatus(200, ada.call('POST', `/notifications/${notification_id}/read`))).is_read,
    true,
  );
  await expectStatus(200, ada.call('POST', '/notifications/read-all'));
  assert.deepEqual(await expectStatus(200, ada.call('GET', '/notifications/unread')), []);
  await expectStatus(200, ada.call('DELETE', `/notifications/${notification_id}`));
  const left = await expectStatus(200, ada.call('GET', '/notifications'));
  assert.ok(left.every((one) => one.notification_id !== notification_id));
});
await step(
  "POST /auth/logout returns {message: 'Successfully logged out'}, and the token is worthless",
  async () => {
    assert.deepEqual(await expectStatus(200, eve.call('POST', '/auth/logout')), {
      message: 'Successfully logged out',
    });
    await until(() => expectStatus(401, eve.call('GET', '/users')));
  },
);
print('finished');
