import type { HookCommand, RoomView } from '@parley/contracts';
import type { ParleyClient } from '../client.ts';
import type { StopReason } from '../events.ts';
import { maxWaiting } from '../outbox.ts';
import { ParleyError } from '../parley-error.ts';
import type { Session } from '../session.ts';
import type { Context } from './context.ts';
import { titleOf } from './find.ts';
import { JsonScreen } from './json-screen.ts';
import { Lines } from './lines.ts';
import { paintWith } from './paint.ts';
import { PlainScreen } from './plain-screen.ts';
import { printable } from './printable.ts';
import type { Place, Screen } from './screen.ts';
import { ShownError } from './shown-error.ts';
import { TerminalScreen } from './terminal-screen.ts';

const help = [
  '/help   shows this',
  '/quit   leaves the conversation, as Ctrl-D does; you stay a member of the room',
  '//text  sends "/text"',
  'Every other line is sent as a message.',
];
/** Commands of the room are known for this long. */
const commandsForMs = 10_000;
/** Pauses the input while this many messages are unsent. */
const maxUnsent = Math.min(200, maxWaiting);

/**
 * Runs a conversation in a room until the input ends or `/quit`.
 * @throws ParleyError when the session ends for another reason
 * @throws ShownError (without a terminal) when a line could not be sent
 */
export async function converse(context: Context, room: RoomView): Promise<void> {
  const { client, json, stdin, stdout, color } = context;
  const place: Place = { roomId: room.id, title: titleOf(room), me: await client.me() };
  const past =
    stdin.isTTY && stdout.isTTY && !json ? await client.history(room.id, { limit: 20 }) : undefined;
  const screen = past
    ? new TerminalScreen(context, color)
    : json
      ? new JsonScreen(context)
      : new PlainScreen(context);
  const session = client.connect();
  let ended: StopReason | undefined;
  session.on('connection', (event) => {
    if (event.state !== 'stopped' || event.reason === 'closed') return;
    ended = event.reason;
    screen.close();
  });
  let allSent = true;
  try {
    const lines = new Lines(paintWith(color), place.me.userId);
    for (const message of past?.messages ?? []) stdout.write(`${lines.message(message)}\n`);
    const since = past?.pagination.after_seq;
    screen.watch(session, place);
    await session.join(room.id, typeof since === 'number' ? { since } : {});
    screen.ready(place);
    allSent = await sendLines(session, screen, new RoomCommands(client, room.id));
  } finally {
    screen.close();
    session.close();
  }
  if (ended) throw new ParleyError(ended, `The session has ended (${ended}). Log in again.`);
  if (!allSent && !past) throw new ShownError();
}

/** Resolves when all lines are answered, with whether all were accepted. */
async function sendLines(session: Session, screen: Screen, commands: RoomCommands): Promise<boolean> {
  const { roomId } = commands;
  const sending = new Set<Promise<void>>();
  let allSent = true;
  const failed = (line: string, thrown: unknown) => {
    allSent = false;
    screen.failed(line, ParleyError.from(thrown));
  };
  for await (const line of screen.lines()) {
    const [, command] = /^\s*\/([a-z0-9][a-z0-9_-]*)(?:\s|$)/i.exec(line) ?? [];
    if (command === 'quit') break;
    if (line.trim() === '') continue;
    if (command === 'help') {
      const own = (await commands.list()).map(
        ({ word, description }) => `/${word}  ${printable(description)}`,
      );
      for (const text of [...help, ...own]) screen.note(text);
      continue;
    }
    if (command !== undefined && !(await commands.has(command))) {
      failed(
        line,
        new ParleyError(
          'unknown_command',
          `/${command} is not a command. /help lists them; //${command} sends it.`,
        ),
      );
      continue;
    }
    const content = command !== undefined ? line.trim() : line.startsWith('//') ? line.slice(1) : line;
    const one = session
      .send(roomId, content)
      .then(
        (sent) => screen.sent(line, sent),
        (thrown: unknown) => failed(line, thrown),
      )
      .finally(() => sending.delete(one));
    sending.add(one);
    if (sending.size >= maxUnsent) await Promise.race(sending);
  }
  await Promise.all(sending);
  return allSent;
}

/** The words that webhooks answer in the room. */
class RoomCommands {
  readonly roomId: string;
  readonly #client: ParleyClient;
  #known: HookCommand[] = [];
  #until = 0;

  constructor(client: ParleyClient, roomId: string) {
    this.#client = client;
    this.roomId = roomId;
  }

  async has(word: string): Promise<boolean> {
    return (await this.list()).some((command) => command.word === word.toLowerCase());
  }

  /** Without an answer of the server, those that were known before. */
  async list(): Promise<HookCommand[]> {
    const now = Date.now();
    if (now < this.#until) return this.#known;
    this.#until = now + commandsForMs;
    const { roomId } = this;
    const answer = await this.#client.api.listCommands({ roomId }).catch(() => undefined);
    this.#known = answer?.commands ?? this.#known;
    return this.#known;
  }
}
