import type { EventOf } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { recordIdentity } from '../usecases/people.ts';

/** Creates an empty profile for a new identity. */
export const userRegistered = (context: Context, event: EventOf<'user.registered'>): Promise<void> =>
  recordIdentity(context, event.data);
