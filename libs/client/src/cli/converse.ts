import type { RoomView } from '@parley/contracts';
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
import type { Place, Screen } from './screen.ts';
import { ShownError } from './shown-error.ts';
import { TerminalScreen } from './terminal-screen.ts';

const help = [
  '/help   shows this',
  '/quit   leaves the conversation, as Ctrl-D does; you stay a member of the room',
  '//text  sends "/text"',
  'Every other line is sent as a message.',
];
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
    allSent = await sendLines(session, screen, room.id);
  } finally {
    screen.close();
    session.close();
  }
  if (ended) throw new ParleyError(ended, `The session has ended (${ended}). Log in again.`);
  if (!allSent && !past) throw new ShownError();
}

/** Resolves when all lines are answered, with whether all were accepted. */
async function sendLines(session: Session, screen: Screen, roomId: string): Promise<boolean> {
  const sending = new Set<Promise<void>>();
  let allSent = true;
  const failed = (line: string, thrown: unknown) => {
    allSent = false;
    screen.failed(line, ParleyError.from(thrown));
  };
  for await (const line of screen.lines()) {
    const [, command] = /^\s*\/([a-z]+)(?:\s|$)/i.exec(line) ?? [];
    if (command === 'quit') break;
    if (line.trim() === '') continue;
    if (command === 'help') {
      for (const text of help) screen.note(text);
      continue;
    }
    if (command !== undefined) {
      failed(
        line,
        new ParleyError(
          'unknown_command',
          `/${command} is not a command. /help lists them; //${command} sends it.`,
        ),
      );
      continue;
    }
    const content = line.startsWith('//') ? line.slice(1) : line;
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
