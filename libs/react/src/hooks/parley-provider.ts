import { createClient, MemoryStorage, type ParleyClient, type Session, WebStorage } from '@parley/client';
import {
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
} from 'react';
import { type ParleyStore, storeOf } from '../stores/parley-store.ts';
import { useReadable } from './use-readable.ts';

export type ParleyProviderProps = { children?: ReactNode } & (
  | {
      /** Create it once, outside components. */
      client: ParleyClient;
      url?: never;
    }
  | {
      /**
       * The address of Parley. The login is kept in `localStorage`; on a server, which renders for
       * everybody, in memory.
       */
      url: string;
      client?: never;
    }
);

const StoreContext = createContext<ParleyStore | null>(null);

/** The clients of addresses, because React may call a component more often than it mounts it. */
const clients = new Map<string, ParleyClient>();

/**
 * Connects the hooks below it with a client. Makes no requests before it is mounted, so rendering
 * on a server makes none. Several providers of one client share its connection.
 */
export function ParleyProvider({ client, url, children }: ParleyProviderProps): ReactElement {
  const store = useMemo(() => storeOf(client ?? clientOf(url)), [client, url]);
  useEffect(() => store.use(), [store]);
  return createElement(StoreContext.Provider, { value: store }, children);
}

/** The store of the provider above. @throws Error if there is none */
export function useParleyStore(): ParleyStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error('There is no ParleyProvider above.');
  return store;
}

/** The client of the provider above, for everything that has no hook of its own. */
export const useClient = (): ParleyClient => useParleyStore().client;

/** The live session of the login, for events that have no hook of their own; `null`: nobody's. */
export const useLiveSession = (): Session | null => useReadable(useParleyStore().live)?.session ?? null;

function clientOf(url: string): ParleyClient {
  const isBrowser = 'localStorage' in globalThis && 'document' in globalThis;
  if (!isBrowser) return createClient({ url, storage: new MemoryStorage() });
  const client = clients.get(url) ?? createClient({ url, storage: new WebStorage() });
  clients.set(url, client);
  return client;
}
