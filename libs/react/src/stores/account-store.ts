import { type Account, followAccount } from '@parley/client';
import type { Lifetime } from './lifetime.ts';
import { type Live, onReturn } from './live.ts';
import { LiveStore } from './live-store.ts';

/** The account, in a new object after each change of it; `null`: not loaded yet. */
export interface AccountState {
  account: Account | null;
}

/** The user's settings, drafts and bookmarks, the same on all devices. */
export class AccountStore extends LiveStore<AccountState> {
  protected start(live: Live, lifetime: Lifetime): void {
    let isFollowing = false;
    const follow = () => {
      if (isFollowing) return;
      isFollowing = true;
      followAccount(live.client, live.session).then(
        (account) => {
          const show = () => this.set({ account });
          lifetime.onEnd(() => account.stop());
          if (lifetime.isOver) return;
          account.onChange(show);
          show();
        },
        () => {
          // Tried again after a reconnect.
          isFollowing = false;
        },
      );
    };
    onReturn(live, lifetime, follow);
    follow();
  }
}
