import type { Backplane } from '../backplane/backplane.ts';
import type { MembershipContext } from '../membership/membership-context.ts';
import type { Presence } from '../presence/presence.ts';
import type { Watching } from '../presence/watching.ts';

/** What the events and calls of other services need. */
export interface ConsumersContext extends MembershipContext {
  backplane: Backplane;
  presence: Presence;
  watching: Watching;
}
