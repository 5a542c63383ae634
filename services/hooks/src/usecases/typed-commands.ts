import { publishEvent } from '@parley/bus';
import { type CommandAnswer, type Message, makeEvent } from '@parley/contracts';
import { AppError } from '@parley/errors';
import { isByProgram } from '../domain/program-message.ts';
import { typedCommand } from '../domain/typed-command.ts';
import { claimOffer } from '../stores/commands.ts';
import { type AnsweringHook, askCommand, findAnswering, requireOwner } from './ask-command.ts';
import { type Context, nowOf } from './context.ts';

/** Nobody waits for the answer to an older message, which was announced late or again. */
const offeredForMs = 60_000;
/** After that, no replica hears of it any more. */
const rememberedMs = 10 * offeredForMs;
/** In flight, in this replica. The others are answered as `unavailable`. */
const maxInFlight = 100;
const maxPerHook = 10;
/** The refusals of an owner who does not belong to the room, or no longer exists. */
const ownerIsOut: ReadonlySet<string> = new Set(['hook_not_found', 'room_not_found', 'not_authorized']);

/**
 * Offers messages that begin with `/word` to the webhooks that answer those words in their rooms,
 * whichever client has written them. The message remains a message; its author alone receives a
 * private answer. Messages of programs are not offered: they could answer each other for ever.
 */
export class TypedCommands {
  readonly #context: Context;
  readonly #stopping = new AbortController();
  readonly #offers = new Set<Promise<void>>();
  /** By webhook. */
  readonly #inFlight = new Map<string, number>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Returns at once. */
  offer(message: Message): void {
    const offer = this.#offer(message)
      .catch((error: unknown) =>
        this.#context.logger.warn({ err: error, messageId: message.id }, 'a command could not be offered'),
      )
      .finally(() => this.#offers.delete(offer));
    this.#offers.add(offer);
  }

  /** Ends requests in flight. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#offers);
  }

  async #offer(message: Message): Promise<void> {
    const { id, roomId, content, clientId, isBot, isEncrypted, createdAt } = message;
    const now = nowOf(this.#context);
    const typed = typedCommand(content);
    if (!typed || isBot || isEncrypted || isByProgram(clientId)) return;
    if (now.getTime() - Date.parse(createdAt) > offeredForMs) return;
    const answering = await findAnswering(this.#context, roomId, typed.word);
    const forgotten = new Date(now.getTime() - rememberedMs);
    if (!answering || !(await claimOffer(this.#context.db, id, { now, forgotten }))) return;
    const answer = await this.#ask(answering, message, typed.text);
    if (!answer) return;
    const data = { userId: message.userId, answer: { roomId, messageId: id, word: typed.word, ...answer } };
    const event = makeEvent('command.answered', data, {
      id: this.#context.newId(),
      now: this.#context.clock(),
    });
    await publishEvent(this.#context.bus, event);
  }

  /** Undefined: there is nothing to say to the author alone. */
  async #ask(
    answering: AnsweringHook,
    { id, userId, username, threadRootSeq }: Message,
    text: string,
  ): Promise<Pick<CommandAnswer, 'text' | 'problem'> | undefined> {
    const hookId = answering.hook.id;
    const inFlight = this.#inFlight.get(hookId) ?? 0;
    if (inFlight >= maxPerHook || this.#offers.size > maxInFlight)
      return { text: null, problem: 'unavailable' };
    this.#inFlight.set(hookId, inFlight + 1);
    try {
      const owner = await requireOwner(this.#context, answering);
      const result = await askCommand(this.#context, answering, {
        ...{ owner, by: { userId, username }, text, key: id, messageId: id },
        ...(threadRootSeq !== undefined && { threadRoot: id }),
        signal: this.#stopping.signal,
      });
      const isPrivate = result.visibleTo === 'caller' && result.text !== null;
      return isPrivate ? { text: result.text, problem: null } : undefined;
    } catch (error) {
      const code = error instanceof AppError ? error.code : 'unavailable';
      // The owner does not belong to the room: the word has no answer there.
      if (ownerIsOut.has(code)) return undefined;
      return { text: null, problem: code === 'timeout' ? 'timeout' : 'unavailable' };
    } finally {
      const left = (this.#inFlight.get(hookId) ?? 1) - 1;
      if (left > 0) this.#inFlight.set(hookId, left);
      else this.#inFlight.delete(hookId);
    }
  }
}
