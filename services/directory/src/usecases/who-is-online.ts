import { ask, type Bus } from '@parley/bus';
import { calls } from '@parley/contracts';
import { AppError } from '@parley/errors';

/** Which of these users (at most 200) have a connection. While the gateways cannot be asked, nobody seems to. */
export async function whoIsOnline(bus: Bus, userIds: readonly string[]): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  try {
    return new Set((await ask(bus, calls.getPresence, { userIds: [...userIds] })).online);
  } catch (error) {
    if (AppError.from(error).retryable) return new Set();
    throw error;
  }
}
