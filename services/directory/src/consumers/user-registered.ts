import type { EventOf } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { recordIdentity } from '../usecases/people.ts';

/** Registering an identity makes its empty profile. */
export const userRegistered = (context: Context, event: EventOf<'user.registered'>): Promise<void> =>
  recordIdentity(context, event.data);
