import { useClient, useSession } from '@parley/react';
import { useEffect, useRef, useState } from 'react';
import { countDrafts } from '../conversation/composer/drafts.ts';
import { useErrorText } from '../texts/error-text.ts';
import { useTexts } from '../texts/texts.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Loading } from '../ui/loading.tsx';
import { useLasting } from '../ui/use-lasting.ts';

const slowAfterMs = 500;

/**
 * Signs out. Asks first if something would be lost, and offers to sign out here only if the server
 * does not answer.
 */
export function SignOut({ onClose }: { onClose(): void }) {
  const { settings } = useTexts();
  const { user, logOut } = useSession();
  const client = useClient();
  const errorText = useErrorText();
  const [unsent, setUnsent] = useState(0);
  const [failure, setFailure] = useState<string>();
  const isSlow = useLasting(true, slowAfterMs);
  const signOut = async () => {
    try {
      await logOut();
    } catch (error) {
      setFailure(errorText(error));
      throw error;
    }
  };
  const begin = async () => {
    const count = (await client.unsent()) + countDrafts(user?.userId ?? '');
    if (count > 0) setUnsent(count);
    else await signOut();
  };
  // React runs effects twice in development.
  const hasBegun = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it begins once
  useEffect(() => {
    if (hasBegun.current) return;
    hasBegun.current = true;
    begin().catch((error: unknown) => setFailure(errorText(error)));
  }, []);
  if (failure)
    return (
      <Confirm
        key="failure"
        title={settings.signOut}
        text={`${failure} ${settings.signOutHereText}`}
        action={settings.signOutHere}
        onConfirm={() => logOut({ onlyHere: true })}
        onClose={onClose}
      />
    );
  if (unsent === 0)
    return (
      isSlow && (
        <Dialog title={settings.signOut} onClose={onClose}>
          <Loading text={`${settings.signOut} …`} />
        </Dialog>
      )
    );
  return (
    <Confirm title={settings.signOut} text={settings.unsent(unsent)} onConfirm={signOut} onClose={onClose} />
  );
}
