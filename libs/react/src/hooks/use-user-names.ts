import { useEffect } from 'react';
import type { UserName, UserNames } from '../stores/user-names-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useReadable, useSelected } from './use-readable.ts';

/**
 * The name of a user; undefined until it is known. Members of rooms in use and users with a direct
 * room are known; for others it asks the server.
 * @param userId null: of nobody
 */
export function useUserName(userId: string | null): UserName | undefined {
  const { userNames } = useParleyStore();
  useEffect(() => {
    if (userId !== null) userNames.want(userId);
  }, [userNames, userId]);
  return useSelected(userNames, (names) => (userId === null ? undefined : names.get(userId)));
}

/** The names that are known, by the user's id. */
export const useUserNames = (): UserNames => useReadable(useParleyStore().userNames);
