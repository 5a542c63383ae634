import type { Account } from '@parley/client';
import { useParleyStore } from './parley-provider.ts';
import { useSelected } from './use-readable.ts';

/**
 * A part of the user's account: settings, drafts and bookmarks, the same on all devices. Undefined
 * until it is loaded. The component renders again only if the part changes. The account itself,
 * for its methods, never changes.
 * @param select returns the same object while its content is the same
 */
export const useAccount = <Part>(select: (account: Account) => Part): Part | undefined =>
  useSelected(useParleyStore().account, ({ account }) => (account ? select(account) : undefined));
