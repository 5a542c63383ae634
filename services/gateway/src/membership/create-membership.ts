import type { Change } from '@parley/contracts';
import type { GatewayContext } from '../context.ts';
import { applyTimelineDeparture } from './apply-departure.ts';
import { Following } from './following.ts';
import type { MembershipContext } from './membership-context.ts';
import { recheckSubscribers } from './recheck-subscribers.ts';

type Deps = Pick<MembershipContext, 'rooms' | 'subscriptions' | 'memberships' | 'blocks' | 'userRooms'>;

export interface MembershipSync {
  context: MembershipContext;
  /** Applies a departure announced by a room's timeline. */
  changed(change: Change): void;
  /**
   * Asks the directory about everybody, because events are missing for good. Nothing that was known
   * before counts from now on.
   */
  recheck(): void;
  stop(): void;
}

/** Keeps subscriptions in line with memberships, also after events were missed. */
export function createMembership(gateway: GatewayContext, deps: Deps): MembershipSync {
  const { registry } = gateway;
  const { memberships, blocks } = deps;
  const shared = { ...gateway, ...deps };
  const following = new Following(shared);
  const context = { ...shared, following };
  const stopping = new AbortController();
  return {
    context,
    changed: (change) => {
      if (change.kind === 'member.left') void applyTimelineDeparture(context, change);
    },
    recheck: () => {
      memberships.clear();
      blocks.clear();
      void following.refresh(registry.all());
      void recheckSubscribers(context, stopping.signal);
    },
    stop: () => stopping.abort(),
  };
}
