import type { DeadLetter } from '@parley/bus';

/** A dead letter without its payload, which may contain a private message. */
export interface Listed {
  group: string;
  time: string;
  topic: string;
  partition: number;
  type: string;
  id: string;
  reason: string;
}

export const listed = (group: string, { time, topic, partition, event, reason }: DeadLetter): Listed => ({
  group,
  time,
  topic,
  partition,
  type: event.type,
  id: event.id,
  reason,
});

const columns = [
  'group',
  'time',
  'topic',
  'partition',
  'type',
  'id',
  'reason',
] as const satisfies readonly (keyof Listed)[];
const widest = 160;

/** An aligned table with a heading. */
export function table(rows: readonly Listed[]): string {
  const cells = [columns, ...rows.map((row) => columns.map((column) => printable(row[column])))];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A malformed event may contain anything, including terminal control sequences. */
function printable(value: unknown): string {
  const text = String(value).replaceAll(/\s+/g, ' ').replaceAll(/\p{C}/gu, '·');
  return text.length <= widest ? text : `${text.slice(0, 40)} … ${text.slice(43 - widest)}`;
}
