import { parseArgs } from 'node:util';
import { topics } from '@parley/contracts';
import { commonSettings, StartError } from '@parley/runtime';
import { z } from 'zod';

const { AMQP_URL, QUEUE_TYPE, NAMESPACE, TIMELINE_PARTITIONS } = commonSettings;
/** The settings of the bus that holds the dead letters. */
export const deadLettersConfig = z.object({ AMQP_URL, QUEUE_TYPE, NAMESPACE, TIMELINE_PARTITIONS });

/** Every group that consumes a topic, and so may have dead letters. */
const groups: readonly string[] = [...new Set(Object.values(topics).flatMap((topic) => topic.groups))].sort();

const usage = `Usage: npm run dead-letters -- list [--group ${groups.join('|')}] [--limit N] [--json]
       npm run dead-letters -- requeue --group ${groups.join('|')} [--limit N] [--json]`;

const schema = z.object({
  command: z.enum(['list', 'requeue']),
  group: z.enum(groups).optional(),
  /** At most this many of the oldest, per group. */
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
  json: z.boolean().default(false),
});

export interface DeadLettersRequest {
  command: 'list' | 'requeue';
  groups: readonly string[];
  limit: number;
  /** One JSON object per line, for programs. */
  json: boolean;
}

/** @throws StartError with the usage */
export function parseRequest(args: readonly string[]): DeadLettersRequest {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { group: { type: 'string' }, limit: { type: 'string' }, json: { type: 'boolean' } },
    });
    if (positionals.length > 1) throw new Error('one command at a time');
    const { group, ...request } = schema.parse({ command: positionals[0], ...values });
    // Requeueing is meant for one group whose fault has been fixed.
    if (request.command === 'requeue' && group === undefined) throw new Error('requeue needs --group');
    return { ...request, groups: group === undefined ? groups : [group] };
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String((error as Error).message);
    throw new StartError(`${reason}\n${usage}`);
  }
}
