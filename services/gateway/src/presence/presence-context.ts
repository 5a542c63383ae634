import type { Backplane } from '@parley/backplane';
import type { GatewayContext } from '../context.ts';
import type { Blocks } from '../membership/blocks.ts';
import type { Memberships } from '../membership/memberships.ts';
import type { SignalRate } from './signal-rate.ts';

/** The parts that track online users, users in rooms and typing. */
export interface PresenceContext extends GatewayContext {
  backplane: Backplane;
  memberships: Memberships;
  blocks: Blocks;
  signalRate: SignalRate;
}
