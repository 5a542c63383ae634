import { atMost, pause } from '@parley/runtime/async';
import type { SeededRandom } from '@parley/testkit';
import type { Ledger, Sending } from './ledger.ts';
import type { Player } from './players/player.ts';
import { Refusal } from './wires/wire.ts';

export interface ChatterOptions {
  players: readonly Player[];
  ledger: Ledger;
  /** Messages per second, all senders together. */
  rate: number;
  random: SeededRandom;
}

/** Maximum messages in flight per sender. */
const window = 40;
const tickMs = 20;
/** One message in this many is edited; after one in this many its room is marked read. */
const editEvery = 40;
const readEvery = 25;
/** One message in this many names a person of its room, and so does every edit. */
const mentionEvery = 7;
/** One message in this many is answered in a thread, by its sender. */
const answerEvery = 9;
const editWithinMs = 60_000;

type Sender = Player & { send: NonNullable<Player['send']> };

/**
 * Sends from all players at an even rate. Retries each retryable failure with the same key until it
 * is answered.
 */
export class Chatter {
  readonly #options: ChatterOptions;
  readonly #senders: readonly Sender[];
  readonly #inFlight = new Map<Sender, number>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #startedAt = performance.now();
  #sent = 0;
  #talking = true;

  constructor(options: ChatterOptions) {
    this.#options = options;
    this.#senders = options.players.filter((player): player is Sender => player.send !== undefined);
  }

  async talk(): Promise<void> {
    while (this.#talking) {
      const due = ((performance.now() - this.#startedAt) / 1_000) * this.#options.rate - this.#sent;
      const free = this.#senders.filter((sender) => (this.#inFlight.get(sender) ?? 0) < window);
      for (let number = 0; number < due; number++) {
        const sender = free[this.#options.random.integer(0, Math.max(free.length - 1, 0))];
        if (sender) this.#say(sender);
      }
      await pause(tickMs);
    }
  }

  /** Stops new messages. Resolves when all earlier ones are answered, or after `withinMs`. */
  async fallSilent(withinMs: number): Promise<void> {
    this.#talking = false;
    const allAnswered = async () => {
      while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    };
    await atMost(withinMs, allAnswered());
  }

  #say(sender: Sender): void {
    const { ledger, random } = this.#options;
    const roomId = sender.rooms[random.integer(0, sender.rooms.length - 1)] ?? '';
    const number = ++this.#sent;
    const said = `${sender.kind} says ${number}`;
    const content = number % mentionEvery === 0 ? `${said} to ${this.#someone(roomId)}` : said;
    const sending = ledger.begin(sender.person.userId, roomId, content, `m${number}`);
    const [edits, reads] = [number % editEvery === 0, number % readEvery === 0];
    const answers = number % answerEvery === 0;
    this.#inFlight.set(sender, (this.#inFlight.get(sender) ?? 0) + 1);
    const task = this.#deliver(sender, sending)
      .then(() => void this.#inFlight.set(sender, (this.#inFlight.get(sender) ?? 1) - 1))
      .then(() => (edits ? this.#edit(sender, sending) : undefined))
      .then(() => (answers ? this.#answer(sender, sending) : undefined))
      .then(() => (reads ? this.#read(sender, sending) : undefined))
      .finally(() => this.#tasks.delete(task));
    this.#tasks.add(task);
  }

  #someone(roomId: string): string {
    const { players, random } = this.#options;
    const there = players.filter(({ rooms }) => rooms.includes(roomId));
    return `@${there[random.integer(0, there.length - 1)]?.person.username}`;
  }

  async #deliver(sender: Sender, sending: Sending): Promise<void> {
    const { ledger, random } = this.#options;
    const [content = ''] = sending.contents;
    for (;;) {
      try {
        ledger.acknowledge(sending, await sender.send(sending.roomId, content, sending.clientId));
        // Some people press the button twice: it must stay one message.
        if (random.integer(1, 50) === 1)
          ledger.acknowledge(sending, await sender.send(sending.roomId, content, sending.clientId));
        return;
      } catch (error) {
        if (sending.acknowledged) return;
        const { code, retryable } = error instanceof Refusal ? error : new Refusal(String(error), false);
        if (!retryable && !['token_expired', 'unauthenticated'].includes(code)) {
          sending.refused = code;
          return;
        }
        await pause(100 + random.next() * 400);
      }
    }
  }

  async #edit({ person }: Sender, sending: Sending): Promise<void> {
    if (!sending.acknowledged) return;
    const content = `${sending.contents[0]}, edited for ${this.#someone(sending.roomId)}`;
    sending.contents.push(content);
    sending.settled = undefined;
    await person
      .must(
        'PUT',
        `/api/v1/rooms/${sending.roomId}/messages/${sending.acknowledged.id}`,
        { content },
        editWithinMs,
      )
      .then(() => {
        sending.settled = content;
      })
      .catch(() => undefined);
  }

  /** Other clients receive the reply as a message of the room. */
  #answer(sender: Sender, { roomId, clientId, acknowledged }: Sending): Promise<void> {
    if (!acknowledged) return Promise.resolve();
    const { person, kind } = sender;
    const sending = this.#options.ledger.begin(person.userId, roomId, `${kind} answers`, `t${clientId}`);
    const send: Sender['send'] = (_, content, key) =>
      person.must(
        'POST',
        `/api/v1/rooms/${roomId}/messages`,
        { content, clientId: key, threadRoot: acknowledged.id },
        editWithinMs,
      );
    return this.#deliver({ ...sender, send }, sending);
  }

  async #read({ person }: Sender, { roomId, acknowledged }: Sending): Promise<void> {
    if (!acknowledged) return;
    await person
      .must('POST', `/api/v1/rooms/${roomId}/messages/read`, { messageId: acknowledged.id }, editWithinMs)
      .then(({ seq }) => this.#options.ledger.read(person.userId, roomId, seq))
      .catch(() => undefined);
  }
}
