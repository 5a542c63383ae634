import type { Backplane, BackplaneHandler } from '@parley/backplane';
import type { MembershipContext } from '../membership/membership-context.ts';
import type { Presence } from '../presence/presence.ts';
import type { Watching } from '../presence/watching.ts';

/** The context of consumers and of calls by other services. */
export interface ConsumersContext extends MembershipContext {
  backplane: Backplane;
  /** See `Delivery`. */
  receive: BackplaneHandler;
  /** See `MembershipSync`. */
  recheck: () => void;
  presence: Presence;
  watching: Watching;
}
