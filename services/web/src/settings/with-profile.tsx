import { type OwnProfile, useSession } from '@parley/react';
import type { ReactNode } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { Loading } from '../ui/loading.tsx';

interface WithProfileProps {
  /** Names what is loading, for the reader. */
  what: string;
  children(profile: OwnProfile): ReactNode;
}

/** Shows its children once the user's profile is loaded. */
export function WithProfile({ what, children }: WithProfileProps) {
  const { common } = useTexts();
  const { profile, profileError, refreshProfile } = useSession();
  if (profile) return children(profile);
  if (!profileError) return <Loading text={common.loading(what)} />;
  // Its error becomes `profileError`.
  return <FailedLoad error={profileError} onRetry={() => void refreshProfile().catch(() => undefined)} />;
}
