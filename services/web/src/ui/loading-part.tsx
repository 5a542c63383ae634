import { useConnection } from '@parley/react';
import { useTexts } from '../texts/texts.tsx';
import { EmptyState } from './empty-state.tsx';
import { Loading } from './loading.tsx';

/** Instead of a page that is being loaded, or that waits for the connection. */
export function LoadingPart() {
  const { app, connection } = useTexts();
  const { state } = useConnection();
  if (state === 'offline' || state === 'waiting') return <EmptyState title={connection.willLoad} />;
  return <Loading text={app.loading} />;
}
