import { ParleyError } from '@parley/client';
import { useClient } from '@parley/react';
import { useEffect, useRef, useState } from 'react';
import { Link, navigate, roomPath } from '../app/router.tsx';
import { useErrorText } from '../texts/error-text.ts';
import { useTexts } from '../texts/texts.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { Loading } from '../ui/loading.tsx';

/** Joins the room of an invite link and opens it. */
export function InvitePage({ token }: { token: string }) {
  const { rooms, app } = useTexts();
  const errorText = useErrorText();
  const client = useClient();
  const [error, setError] = useState<ParleyError>();
  const join = () => {
    setError(undefined);
    client.joinByInvite(token).then(
      (room) => navigate(roomPath(room.id), { replace: true }),
      (reason: unknown) => setError(ParleyError.from(reason)),
    );
  };
  // React runs effects twice in development, and an invite may work only once.
  const asked = useRef<string>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each invite is used once
  useEffect(() => {
    if (asked.current === token) return;
    asked.current = token;
    join();
  }, [token]);
  if (!error) return <Loading text={rooms.joining} />;
  if (error.retryable) return <FailedLoad isPage error={error} onRetry={join} />;
  return (
    <EmptyState isPage title={rooms.inviteFailed} text={errorText(error)}>
      <Link to="/" className="button primary">
        {app.toRooms}
      </Link>
    </EmptyState>
  );
}
