import { randomUUID } from 'node:crypto';
import { answer, ask, publishEvent } from '@parley/bus';
import {
  type CallInput,
  calls,
  type EventData,
  type EventOf,
  type EventType,
  type Membership,
  makeEvent,
  parseEvent,
} from '@parley/contracts';
import { newId } from '@parley/runtime';
import { createTestAuth, createTestDatabase, eventually } from '@parley/testkit';
import { bootService, memoryBus, type Answer as ServiceAnswer } from '@parley/testkit/boot-service';
import { createService, directoryConfig } from '../src/service.ts';

/** Answers are compared as a whole, so they lack the headers. */
export type Answer = Omit<ServiceAnswer, 'headers'>;

export interface TestPerson {
  id: string;
  username: string;
  organizationId: string | null;
  token: string;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
}

export type DirectoryTest = Awaited<ReturnType<typeof startDirectory>>;

/** The directory on its own database. Stubs the calls to auth and collects the published events. */
export async function startDirectory(
  settings: Record<string, string> = {},
  options: { clock?: () => number } = {},
) {
  const clock = options.clock ?? Date.now;
  const database = await createTestDatabase();
  const bus = memoryBus();
  const auth = await createTestAuth(bus, { clock });
  const identities = new Map<string, EventData<'user.registered'>>();
  let identityAsks = 0;
  await answer(bus, calls.getIdentity, async ({ userId }) => {
    identityAsks += 1;
    return identities.get(userId) ?? null;
  });
  const published: EventOf<EventType>[] = [];
  await bus.consume('directory', 'messages', async (events) => {
    for (const event of events.map(parseEvent)) if (event) published.push(event);
  });
  await bus.consume('directory', 'notifications', async () => undefined);

  const env = { DATABASE_URL: database.url, ...settings };
  const service = await bootService({ config: directoryConfig, createService }, { env, bus, clock });

  const request = async (
    method: string,
    path: string,
    token: string | undefined,
    body?: unknown,
  ): Promise<Answer> => {
    const answer = await service.call(method, `/api/v1${path}`, { token, body });
    return { status: answer.status, body: answer.body };
  };

  /** A user with a valid token whom only auth knows so far. */
  function stranger(username: string, organizationId: string | null = null, name = ''): TestPerson {
    const id = newId();
    const token = auth.token({ userId: id, username, organizationId });
    identities.set(id, {
      userId: id,
      username,
      name,
      organizationId,
      organizationRole: organizationId === null ? null : 'user',
      createdAt: new Date(clock()).toISOString(),
    });
    return {
      id,
      username,
      organizationId,
      token,
      call: (method, path, body) => request(method, path, token, body),
    };
  }

  /** Publishes another service's event; resolves when the directory has handled it. */
  const publish = <T extends EventType>(type: T, data: EventData<T>, now = clock()): Promise<void> =>
    publishEvent(bus, makeEvent(type, data, { id: newId(), now }) as EventOf<EventType>);

  return {
    bus,
    url: service.url,
    databaseUrl: database.url,
    events: published,
    request,
    stranger,
    publish,
    identityAsks: () => identityAsks,
    async person(
      username = `user-${randomUUID().slice(0, 8)}`,
      organizationId: string | null = null,
      name = '',
    ): Promise<TestPerson> {
      const person = stranger(username, organizationId, name);
      const identity = identities.get(person.id);
      if (identity) await publish('user.registered', identity);
      return person;
    },
    async people(count: number, organizationId: string | null = null): Promise<TestPerson[]> {
      return Promise.all(Array.from({ length: count }, () => this.person(undefined, organizationId)));
    },
    /** Moves a user to another organization, as auth does. The returned user has a new token. */
    async move(person: TestPerson, organizationId: string | null): Promise<TestPerson> {
      await publish('user.organization_changed', {
        userId: person.id,
        organizationId,
        organizationRole: organizationId === null ? null : 'user',
      });
      const token = auth.token({ userId: person.id, username: person.username, organizationId });
      return { ...person, organizationId, call: (method, path, body) => request(method, path, token, body) };
    },
    /** The user in another session. */
    onAnotherDevice({ id: userId, username, organizationId }: TestPerson): { token: string } {
      return { token: auth.token({ userId, username, organizationId }) };
    },
    ask: <C extends (typeof calls)[keyof typeof calls]>(call: C, input: CallInput<C>) =>
      ask(bus, call, input),
    /** Waits for a published event whose data matches. */
    published<T extends EventType>(type: T, matches: (data: EventData<T>) => boolean): Promise<EventOf<T>> {
      return eventually(() => {
        const event = published.find((event) => event.type === type && matches(event.data as EventData<T>));
        if (!event) throw new Error(`${type} was not published`);
        return event as unknown as EventOf<T>;
      });
    },
    async stop(): Promise<void> {
      await service.stop();
      await bus.close();
      await database.drop();
    },
  };
}

/** The versions of a room's membership events, in their order. */
export function versionsOf(events: readonly EventOf<EventType>[], roomId: string): number[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case 'room.created':
        return event.data.room.id === roomId ? event.data.members.map(({ version }) => version) : [];
      case 'member.joined':
      case 'member.updated':
        return event.data.roomId === roomId ? [event.data.membership.version] : [];
      case 'member.left':
        return event.data.roomId === roomId ? [event.data.version] : [];
      default:
        return [];
    }
  });
}

/** The memberships of a room according to the events alone. */
export function replay(events: readonly EventOf<EventType>[], roomId: string): Map<string, Membership> {
  const members = new Map<string, Membership>();
  for (const event of events) {
    if (event.type === 'room.created' && event.data.room.id === roomId)
      for (const member of event.data.members) members.set(member.userId, member);
    if ((event.type === 'member.joined' || event.type === 'member.updated') && event.data.roomId === roomId)
      members.set(event.data.membership.userId, event.data.membership);
    if (event.type === 'member.left' && event.data.roomId === roomId) members.delete(event.data.userId);
  }
  return members;
}
