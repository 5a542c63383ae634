import { parseArgs } from 'node:util';
import { id, scope } from '@parley/contracts';
import { duration, loadConfig, runMain, StartError } from '@parley/runtime';
import { z } from 'zod';
import { authConfig } from './config.ts';
import type { ApiKey } from './domain/api-key.ts';
import { runCommand } from './run-command.ts';
import type { CommandContext } from './usecases/context.ts';
import {
  createOperatorKey,
  listOperatorKeyActions,
  listOperatorKeys,
  revokeOperatorKey,
} from './usecases/keys/operator-keys.ts';

const usage = `Usage: npm run api-key -- create --name <name> --scope <scope>[,<scope>...]
                              [--organization <name or id>] [--rooms <id>[,<id>...]] [--expires <90d>]
       npm run api-key -- list [--organization <name or id>] [<prefix>]
       npm run api-key -- revoke <id or prefix> [--end-sessions]
       npm run api-key -- actions <id or prefix>
Scopes: ${scope.options.join(', ')}`;

/** The service's settings without the secret: nothing is signed here. */
const settings = z.object(authConfig.shape).omit({ SIGNING_SECRET: true });

const parts = (values: readonly string[] | undefined) =>
  values?.flatMap((value) => value.split(',')).filter((part) => part !== '');

const newKey = z.object({
  name: z.string().min(1).max(100),
  scopes: z.array(scope).min(1),
  roomIds: z.array(id).min(1).optional(),
  organization: z.string().optional(),
  expiresInMs: z.number().optional(),
});

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        organization: { type: 'string' },
        scope: { type: 'string', multiple: true },
        rooms: { type: 'string', multiple: true },
        expires: { type: 'string' },
        'end-sessions': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

function expiry(text: string): number {
  const parsed = duration('90d').safeParse(text);
  if (!parsed.success) throw new StartError(`--expires: ${z.prettifyError(parsed.error)}\n${usage}`);
  return parsed.data;
}

const describe = ({ id, prefix, name, scopes, roomIds, expiresAt, lastUsedAt, revokedAt }: ApiKey) =>
  [
    `${prefix}  ${id}  ${name}  ${scopes.join(',')}`,
    ...(roomIds ? [`rooms ${roomIds.length}`] : []),
    ...(expiresAt ? [`expires ${expiresAt.toISOString()}`] : []),
    `last used ${lastUsedAt?.toISOString() ?? 'never'}`,
    ...(revokedAt ? [`revoked ${revokedAt.toISOString()}`] : []),
  ].join('  ');

async function run(context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments();
  const [command, which] = positionals;
  const { organization } = values;
  if (command === 'create') {
    const parsed = newKey.safeParse({
      name: values.name,
      organization,
      scopes: parts(values.scope),
      roomIds: parts(values.rooms),
      expiresInMs: values.expires === undefined ? undefined : expiry(values.expires),
    });
    if (!parsed.success) throw new StartError(`${z.prettifyError(parsed.error)}\n${usage}`);
    const { apiKey, key } = await createOperatorKey(context, parsed.data);
    console.log(`${describe(apiKey)}\nThe key, shown only now: ${key}`);
  } else if (command === 'list') {
    const keys = await listOperatorKeys(context, { organization, prefix: which });
    console.log(keys.length === 0 ? 'No keys.' : keys.map(describe).join('\n'));
  } else if (command === 'revoke' && which) {
    const revoked = await revokeOperatorKey(context, { which, endSessions: values['end-sessions'] });
    console.log(`${which}: ${revoked ? 'revoked' : 'was revoked before'}`);
  } else if (command === 'actions' && which) {
    for (const each of await listOperatorKeyActions(context, { which, limit: 1_000 }))
      console.log(
        `${each.time.toISOString()}  ${each.action}  user ${each.userId ?? '-'}  room ${each.roomId ?? '-'}`,
      );
  } else throw new StartError(usage);
}

/** Manages keys on the command line, with the settings of auth. See deploy/operations.md. */
await runMain(async () => {
  await runCommand(loadConfig(settings, process.env), run);
  return { stop: async () => undefined };
});
