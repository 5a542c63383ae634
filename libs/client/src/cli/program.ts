import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { createClient } from '../client.ts';
import { ParleyError } from '../parley-error.ts';
import { parseServerUrl } from '../server-url.ts';
import { type Credentials, create, history, login, logout, register, rooms, users } from './commands.ts';
import type { Context, Streams } from './context.ts';
import { converse } from './converse.ts';
import { findRoom, findUser } from './find.ts';
import { ProfileStorage, urlOfProfile } from './profile-storage.ts';

/** The settings from the environment. */
export interface Settings {
  url: string | undefined;
  password: string | undefined;
  /** The folder of the profiles. */
  folder: string;
  noColor: boolean;
  /** How the user starts the program: `parley`, or `npx parley` in a checkout. */
  command: string;
}

const defaultUrl = 'http://127.0.0.1:3000';

/** Defines the commands without running one. */
export function createProgram(streams: Streams, settings: Settings): Command {
  const program = new Command(settings.command)
    .description('Chat in a terminal, or from a script.')
    .option(
      '--url <url>',
      `where Parley is (default: $PARLEY_URL, else where the profile logged in last, else ${defaultUrl})`,
      (text) => serverUrl(text),
    )
    .option('--profile <name>', 'which login to use', profileName, 'default')
    .option('--json', 'for scripts: prints one JSON object per line')
    .showSuggestionAfterError(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: () => undefined,
    });

  const context = async (): Promise<Context> => {
    const {
      url: asked,
      profile,
      json = false,
    } = program.opts<{ url?: string; profile: string; json?: boolean }>();
    const { folder, password, noColor, command } = settings;
    const url =
      asked ??
      (settings.url && serverUrl(settings.url, 'PARLEY_URL: ')) ??
      (await urlOfProfile(folder, profile)) ??
      defaultUrl;
    const client = createClient({ url, storage: new ProfileStorage(folder, profile, url) });
    const color = streams.stdout.isTTY === true && !noColor;
    return { ...streams, client, url, json, password, color, command };
  };
  const command = (name: string, description: string) => program.command(name).description(description);

  command('register [username]', 'create an account and log in')
    .option('--email <address>')
    .option('--name <name>', 'how others see you')
    .option('--password <password>', 'otherwise $PARLEY_PASSWORD, or it is asked for')
    .action(async (username: string | undefined, options: Credentials) =>
      register(await context(), username, options),
    );
  command('login [login]', 'log in by username or e-mail address')
    .option('--password <password>', 'otherwise $PARLEY_PASSWORD, or it is asked for')
    .action(async (name: string | undefined, options: Credentials) => login(await context(), name, options));
  command('logout', 'end this login').action(async () => logout(await context()));
  command('dm <user>', 'talk with one person; /help in the conversation lists what you can type').action(
    async (user: string) => {
      const { client, ...rest } = await context();
      await converse({ client, ...rest }, await client.directRoom((await findUser(client, user)).id));
    },
  );
  command('room <room>', 'talk in a room, by name or id; public ones are joined').action(
    async (name: string) => {
      const given = await context();
      const room = await findRoom(given, name);
      await converse(given, room.role ? room : await given.client.joinRoom(room.id));
    },
  );
  command('create <room>', 'create a room: a public one unless --private is given')
    .option('--private', 'only people with an invite can join')
    .option('--description <text>')
    .option('--another', 'even if you are in a room of that name')
    .action(async (name: string, options: { private?: boolean; description?: string; another?: boolean }) =>
      create(await context(), name, options),
    );
  command('rooms', 'list the rooms you can see; * marks yours').action(async () => rooms(await context()));
  command('history <room-or-user>', 'print the latest messages')
    .option('--limit <count>', 'how many', count, 50)
    .action(async (name: string, { limit }: { limit: number }) => history(await context(), name, limit));
  command('users <search>', 'find people').action(async (search: string) => users(await context(), search));
  return program;
}

/**
 * Whether the error is a wrong use of the command line. `--help` ends with `exitCode` 0 and is
 * none.
 */
export const isUsage = (error: unknown): error is CommanderError => error instanceof CommanderError;

function serverUrl(text: string, from = ''): string {
  try {
    return parseServerUrl(text).href;
  } catch (error) {
    throw new InvalidArgumentError(from + ParleyError.from(error).message);
  }
}

function profileName(text: string): string {
  if (!/^[\w.-]{1,64}$/.test(text) || text.startsWith('.'))
    throw new InvalidArgumentError('Use letters, digits, -, _ and dots.');
  return text;
}

function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('Give a number from 1.');
  return Number(text);
}
