import type { Bus } from '@parley/bus';
import type { DeadLettersRequest } from './options.ts';
import { listed, table } from './table.ts';

/**
 * Runs the request and returns the text to print. @throws AppError `unavailable` when the broker is
 * lost
 */
export async function run(
  bus: Pick<Bus, 'deadLetters'>,
  { command, groups, limit, json }: DeadLettersRequest,
): Promise<string> {
  return command === 'list' ? list(bus, groups, limit, json) : requeue(bus, groups, limit, json);
}

async function list(
  bus: Pick<Bus, 'deadLetters'>,
  groups: readonly string[],
  limit: number,
  json: boolean,
): Promise<string> {
  const counts: string[] = [];
  const rows = [];
  for (const group of groups) {
    const letters = bus.deadLetters(group);
    const [total, found] = [await letters.count(), await letters.peek(limit)];
    rows.push(...found.map((letter) => listed(group, letter)));
    counts.push(
      `${group}: ${total}${total > found.length ? `, of which the oldest ${found.length} are shown` : ''}`,
    );
  }
  if (json) return rows.map((row) => JSON.stringify(row)).join('\n');
  return [...(rows.length > 0 ? [table(rows), ''] : []), `Dead letters: ${counts.join('; ')}`].join('\n');
}

async function requeue(
  bus: Pick<Bus, 'deadLetters'>,
  groups: readonly string[],
  limit: number,
  json: boolean,
): Promise<string> {
  const lines: string[] = [];
  for (const group of groups) {
    const requeued = await bus.deadLetters(group).requeue(limit);
    const left = await bus.deadLetters(group).count();
    lines.push(
      json ? JSON.stringify({ group, requeued, left }) : `${group}: ${requeued} put back, ${left} left`,
    );
  }
  return lines.join('\n');
}
