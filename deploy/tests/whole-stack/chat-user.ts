import { randomUUID } from 'node:crypto';
import type { ServerPayload } from '@parley/contracts';
import { eventually } from '@parley/testkit';
import { io, type Socket } from 'socket.io-client';

// biome-ignore lint/suspicious/noExplicitAny: tests access answers freely
export type Json = any;
export type Received = ServerPayload<'receive_message'>;

/** A person with a browser: REST by `fetch`, sockets by `socket.io-client`. */
export class ChatUser {
  readonly #url: string;
  readonly userId: string;
  readonly username: string;
  readonly password: string;
  token: string;
  readonly refreshToken: string;
  readonly sockets: Socket[] = [];

  private constructor(url: string, registered: Json, password: string) {
    this.#url = url;
    this.userId = registered.user.id;
    this.username = registered.user.username;
    this.token = registered.accessToken;
    this.refreshToken = registered.refreshToken;
    this.password = password;
  }

  static async register(url: string, name: string): Promise<ChatUser> {
    const username = `${name}-${randomUUID().slice(0, 8)}`;
    const password = 'correct horse';
    const { status, body } = await request(url, 'POST', '/api/v1/auth/register', {
      username,
      email: `${username}@example.org`,
      password,
    });
    if (status !== 201) throw new Error(`register: ${status} ${JSON.stringify(body)}`);
    return new ChatUser(url, body, password);
  }

  /** The same person with a new login, possibly on another target. */
  async login(url: string): Promise<ChatUser> {
    const { status, body } = await request(url, 'POST', '/api/v1/auth/login', {
      username: this.username,
      password: this.password,
    });
    if (status !== 200) throw new Error(`login: ${status} ${JSON.stringify(body)}`);
    return new ChatUser(url, body, this.password);
  }

  /** The same person at another address. */
  at(url: string): Pick<ChatUser, 'call' | 'must'> {
    const call: ChatUser['call'] = (method, path, body) => request(url, method, path, body, this.token);
    return {
      call,
      must: async (method, path, body) => succeeded(method, path, await call(method, path, body)),
    };
  }

  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
    return request(this.#url, method, path, body, this.token);
  }

  /** Like `call`, but must succeed. */
  async must(method: string, path: string, body?: unknown): Promise<Json> {
    return succeeded(method, path, await this.call(method, path, body));
  }

  /** @param prepare subscribes to events that may arrive with the connection */
  async connect(gateway: string, prepare: (socket: Socket) => void = () => undefined): Promise<Socket> {
    const socket = io(gateway, {
      auth: { token: this.token },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    this.sockets.push(socket);
    prepare(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return socket;
  }

  close(): void {
    for (const socket of this.sockets) socket.disconnect();
  }
}

function succeeded(method: string, path: string, { status, body }: { status: number; body: Json }): Json {
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** Emits and waits for the acknowledgement's data. */
export async function emit(socket: Socket, event: string, payload: unknown): Promise<Json> {
  const answer = await socket.timeout(15_000).emitWithAck(event, payload);
  if (!answer.ok)
    throw Object.assign(new Error(`${event}: ${JSON.stringify(answer.error)}`), { code: answer.error.code });
  return answer.data;
}

export async function request(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  token?: string,
): Promise<{ status: number; body: Json }> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text ? JSON.parse(text) : undefined };
}

/** The whole history of a room, page by page. */
export async function wholeHistory(user: ChatUser, roomId: string): Promise<Json[]> {
  const all: Json[] = [];
  for (let after = 0; ; ) {
    const page = await user.must('GET', `/api/v1/rooms/${roomId}/messages?limit=200&after_seq=${after}`);
    all.push(...page.messages);
    if (!page.pagination.hasMore) return all;
    after = page.pagination.after_seq;
  }
}

/**
 * Resolves when the members of a new room have joined its timeline, a moment after its creation.
 * The numbers from then on are those of messages.
 */
export const membersHaveJoined = (user: ChatUser, roomId: string, members: number): Promise<void> =>
  eventually(async () => {
    const { rooms } = await user.must('POST', '/api/v1/sync', { rooms: [{ roomId, seq: 0 }] });
    if (!(rooms[0]?.seq >= members))
      throw new Error(`the timeline of ${roomId} has not ${members} joins yet`);
  });
