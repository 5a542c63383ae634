import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether RabbitMQ has written that name (of a queue, or a part of it) to its tables. It confirms a message when it is on disk, but that there is such
 * a queue it writes up to two seconds later: a test that kills a broker just started waits for this first.
 * @param dir what `startRabbit` was given
 */
export const brokerTablesHold = (dir: string, name: string): boolean =>
  readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(LOG|DCL|DCD)$/.test(path))
    .some((path) => readFileSync(join(dir, path)).includes(name));
