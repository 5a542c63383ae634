import { createClient, type ParleyClient, type Session } from '@parley/client';

export const password = 'correct horse battery';

/** A small team, which talks about its garden. Some of them are online until it ends. */
export interface Story {
  url: string;
  gardenId: string;
  /** Reports that Bob is typing. */
  type(): Promise<void>;
  end(): void;
}

interface Person {
  client: ParleyClient;
  session: Session;
  userId: string;
}

/** Ada and Cem have not read the newest messages. */
export async function seedConversation(url: string): Promise<Story> {
  const join = async (username: string, name = username): Promise<Person> => {
    const client = createClient({ url });
    const email = `${encodeURIComponent(username).toLowerCase().replaceAll('%', '')}@example.org`;
    const { user } = await client.register({ username, email, password, organizationName: 'Acme' });
    if (name !== username) await client.api.updateMe({ name });
    return { client, session: client.connect(), userId: user.id };
  };
  // The first one founds the organization.
  const ada = await join('Ada');
  const bob = await join('Bob');
  const cem = await join('Cem');
  const zoe = await join('Zoë', 'Zoë Ångström');
  const ming = await join('小明');
  const everybody = [bob, cem, zoe, ming].map(({ userId }) => userId);
  const createRoom = async (name: string, more: object = {}) =>
    (await ada.client.createRoom({ name, members: everybody, ...more })).id;
  const say = ({ session }: Person, roomId: string, content: string, replyTo?: string) =>
    session.send(roomId, content, replyTo ? { replyTo } : {});
  const read = async (person: Person, roomId: string) => void (await person.client.api.markRead({ roomId }));

  const board = await createRoom('board', { isPrivate: true });
  await say(ada, board, 'The minutes are in the usual place.');
  const support = await createRoom('support');
  await read(ada, support);
  await say(cem, support, '@Ada can you look at this?');
  const releases = await createRoom('releases');
  for (const text of ['0.9.1 is out.', 'A fix is on its way.', '0.9.2 is out, notes below'])
    await say(cem, releases, text);
  for (const [person, text] of [
    [zoe, 'Thank you!'],
    [ming, 'See you on Saturday.'],
    [bob, 'Have you seen the forecast?'],
  ] as const) {
    const { id } = await person.client.directRoom(ada.userId);
    await say(person, id, text);
    if (person !== bob) await read(ada, id);
  }

  const gardenId = await createRoom('garden', { description: 'Tomatoes, tools and who waters them.' });
  const tomatoes = await say(
    bob,
    gardenId,
    'The tomatoes by the south wall are ready. @Ada do you want the first ones?',
  );
  for (const { session } of [cem, zoe, ming]) await session.react(gardenId, tomatoes.id, '🍅');
  await ada.session.react(gardenId, tomatoes.id, '👍');
  const threadRoot = tomatoes.id;
  await zoe.session.send(gardenId, 'Some for the market, too?', { threadRoot });
  await ming.session.send(gardenId, 'I can take a crate.', { threadRoot });
  await say(bob, gardenId, 'Photos tomorrow, it got dark. The timer is set to `06:30`:');
  await say(bob, gardenId, '```\nzone south  06:30  12 min\nzone north  06:45   8 min\n```');
  await say(ada, gardenId, 'Perfect. I bring a basket.');
  await Promise.all([ada, cem].map((person) => read(person, gardenId)));
  await say(ming, gardenId, '早上好！光线现在很好。 The light is good right now.', tomatoes.id);
  await say(
    zoe,
    gardenId,
    'Then I water the seedlings **before noon**. Still to do:\n- label the beds\n- oil the gate',
  );
  await Promise.all([bob, ming].map((person) => read(person, gardenId)));
  for (const { session } of [ada, ming]) session.close();
  return {
    url,
    gardenId,
    type: () => bob.session.typing(gardenId, true),
    end: () => {
      for (const { session } of [bob, cem, zoe]) session.close();
    },
  };
}
