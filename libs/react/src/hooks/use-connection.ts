import type { ConnectionStatus } from '../stores/connection-store.ts';
import { useParleyStore } from './parley-provider.ts';
import { useWithMethods } from './use-readable.ts';

export interface UseConnection extends ConnectionStatus {
  /** Connects now, if the next attempt would come later. */
  retryNow(): void;
}

/** The state of the live connection. */
export function useConnection(): UseConnection {
  const { connection } = useParleyStore();
  return useWithMethods(connection, connection.methods);
}
