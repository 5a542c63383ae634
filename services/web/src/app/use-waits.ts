import type { ParleyError } from '@parley/client';
import { useConnection } from '@parley/react';

/** Whether something is not loaded yet because of the connection, whose return loads it. */
export function useWaits({ error, loading }: { error: ParleyError | null; loading: boolean }): boolean {
  const { state } = useConnection();
  const hasFailed = error?.retryable === true;
  if (state === 'waiting' || state === 'offline') return loading || hasFailed;
  return state === 'connecting' && hasFailed;
}
