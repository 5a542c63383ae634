import type { Bus } from '@parley/bus';
import { StartError } from '@parley/runtime';
import type { MessagesConfig } from './config.ts';

/**
 * The parts of the service that a process of this role runs.
 * @throws StartError the other role would be missing: a bus within the process has no others
 */
export function partsOf(
  { MESSAGES_ROLE: role }: Pick<MessagesConfig, 'MESSAGES_ROLE'>,
  bus: Bus,
): { writes: boolean; reads: boolean } {
  if (role !== 'both' && !bus.durable) throw new StartError('MESSAGES_ROLE must be "both" without a broker');
  return { writes: role !== 'reader', reads: role !== 'writer' };
}
