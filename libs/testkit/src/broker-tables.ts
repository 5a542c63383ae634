import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether RabbitMQ has written that name (of a queue, or a part of it) to its tables. It confirms a
 * message once it is on disk, but writes the queue itself up to two seconds later. A test that
 * kills a broker it has just started must wait for this.
 * @param dir the folder passed to `startRabbit`
 */
export function brokerTablesHold(dir: string, name: string): boolean {
  const data = join(dir, 'data');
  return readdirSync(data, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(LOG|DCL|DCD)$/.test(path))
    .some((path) => readFileSync(join(data, path)).includes(name));
}
