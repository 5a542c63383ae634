import type { AccountChange, EventOf, SyncedAccount } from '@parley/contracts';
import { parseEvent } from '@parley/contracts';
import { type MessagesHarness, type Person, startMessages } from './messages-harness.ts';

/** The messages service, with what its accounts have announced to other services. */
export async function startAccounts(options: Parameters<typeof startMessages>[0] = {}) {
  const messages = await startMessages(options);
  const announced: EventOf<'account.changed' | 'account.erased'>[] = [];
  await messages.bus.consume('timeline', 'notifications', async () => undefined);
  await messages.bus.consume('directory', 'notifications', async () => undefined);
  await messages.bus.consume('account', 'gateway', async () => undefined);
  await messages.bus.consume('account', 'notifications', async (envelopes) => {
    for (const envelope of envelopes) {
      const event = parseEvent(envelope);
      if (event?.type === 'account.changed' || event?.type === 'account.erased') announced.push(event);
    }
  });
  return { messages, announced };
}

type Subject = string;
function subjectOf(change: AccountChange): Subject {
  if (change.kind === 'notification_settings') return change.kind;
  if (change.kind === 'thread_draft') return `${change.kind} ${change.roomId} ${change.threadRoot}`;
  return `${change.kind} ${change.kind === 'bookmark' ? change.messageId : change.roomId}`;
}
function isRemoval(change: AccountChange): boolean {
  if (change.kind === 'draft' || change.kind === 'thread_draft') return change.draft === null;
  return (change.kind === 'bookmark' ? change.bookmark : change.settings) === null;
}

/** A device that keeps a copy of its user's account by `sync` alone. */
export class Device {
  readonly #messages: MessagesHarness;
  readonly #who: Person;
  readonly #limit: number;
  readonly #items = new Map<Subject, AccountChange>();
  seq = 0;

  constructor(messages: MessagesHarness, who: Person, limit = 200) {
    this.#messages = messages;
    this.#who = who;
    this.#limit = limit;
  }

  /** The present items of the account, by kind and subject. */
  get items(): Record<Subject, AccountChange> {
    return Object.fromEntries([...this.#items].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** Syncs page by page. Returns the pages. */
  async sync(): Promise<SyncedAccount[]> {
    const pages: SyncedAccount[] = [];
    for (let more = false; ; more = true) {
      const { status, body } = await this.#messages.call(this.#who, 'POST', '/api/v1/sync', {
        rooms: [],
        limit: this.#limit,
        account: { seq: this.seq, ...(more && { more }) },
      });
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
      const page: SyncedAccount = body.account;
      pages.push(page);
      if (page.reset) this.#items.clear();
      for (const change of page.changes) {
        if (isRemoval(change)) this.#items.delete(subjectOf(change));
        else this.#items.set(subjectOf(change), change);
      }
      this.seq = page.seq;
      if (!page.hasMore) return pages;
    }
  }
}
