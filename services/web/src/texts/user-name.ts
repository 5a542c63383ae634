import { erasedName } from '@parley/client';
import { useUserName, useUserNames } from '@parley/react';
import { useTexts } from './texts.tsx';

/** A user as profiles, members or messages name them. */
interface Named {
  username: string;
  name?: string | undefined;
}

/** The name shown for a user: the one they have chosen, otherwise their username. */
export const shownName = ({ username, name }: Named, deletedUser: string): string =>
  isErased(username) ? deletedUser : name || username;

/** Nothing else is known of erased users, in profiles not even this. */
const isErased = (username: string) => username === '' || username === erasedName;

/** The name shown for the author of a message, who may be unknown otherwise. */
export function useShownName({ userId, username }: Named & { userId: string }): string {
  const { common } = useTexts();
  const known = useUserName(isErased(username) ? null : userId);
  return shownName({ username, name: known?.name }, common.deletedUser);
}

/** Returns a function from the id of a user to the name shown for them, if it is known. */
export function useKnownNames(): (userId: string) => string | undefined {
  const { common } = useTexts();
  const known = useUserNames();
  return (userId) => {
    const user = known.get(userId);
    return user && shownName(user, common.deletedUser);
  };
}

/** Returns a function from a user to the name shown for them. */
export function useShownNames(): (user: Named & ({ userId: string } | { name: string })) => string {
  const { common } = useTexts();
  const known = useUserNames();
  return (user) => {
    const name = ('userId' in user ? known.get(user.userId)?.name : undefined) ?? user.name;
    return shownName({ username: user.username, name }, common.deletedUser);
  };
}
