import type { Connection } from './connection.ts';
import { Groups } from './groups.ts';

/** A key ends like a session, with all connections that were opened with it. */
const sessionsOf = ({ caller: { sessionId, grant } }: Connection) =>
  new Set([sessionId, grant?.keyId ?? sessionId]);

/** The live connections of this gateway, over all transports. */
export class ConnectionRegistry {
  readonly #all = new Set<Connection>();
  readonly #byUser = new Groups<string, Connection>();
  readonly #bySession = new Groups<string, Connection>();
  #onEmpty: () => void = () => undefined;
  #refusing = false;

  add(connection: Connection): void {
    this.#all.add(connection);
    this.#byUser.add(connection.caller.userId, connection);
    for (const id of sessionsOf(connection)) this.#bySession.add(id, connection);
  }

  /** Answers whether the connection was registered. */
  remove(connection: Connection): boolean {
    if (!this.#all.delete(connection)) return false;
    this.#byUser.remove(connection.caller.userId, connection);
    for (const id of sessionsOf(connection)) this.#bySession.remove(id, connection);
    if (this.#all.size === 0) this.#onEmpty();
    return true;
  }

  get size(): number {
    return this.#all.size;
  }

  has(connection: Connection): boolean {
    return this.#all.has(connection);
  }

  all(): Iterable<Connection> {
    return this.#all;
  }

  ofUser(userId: string): readonly Connection[] {
    return this.#byUser.of(userId);
  }

  /** Scans every connection. */
  ofOrganization(organizationId: string): Connection[] {
    return [...this.#all].filter(({ caller }) => caller.organizationId === organizationId);
  }

  /** Of the session, or of all sessions of a key. */
  ofSession(sessionId: string): readonly Connection[] {
    return this.#bySession.of(sessionId);
  }

  /** Whether new connections are refused. */
  get refusing(): boolean {
    return this.#refusing;
  }

  /** Refuses new connections. Resolves when the last connection has closed. */
  async refuse(): Promise<void> {
    this.#refusing = true;
    if (this.#all.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve));
  }
}
