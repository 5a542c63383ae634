import { ParleyError, type SearchHit, type SearchQuestion } from '@parley/client';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useClient } from './parley-provider.ts';

export interface MessageSearch {
  /** The newest first. */
  hits: SearchHit[];
  loading: boolean;
  error: ParleyError | null;
  hasMore: boolean;
  /** False: some older messages are not in the server's index yet. */
  complete: boolean;
}

/** The methods never reject: see `error`. */
export interface UseMessageSearch extends MessageSearch {
  loadMore(): Promise<void>;
  /** Searches again, for example after an error. */
  reload(): Promise<void>;
}

const idle: MessageSearch = { hits: [], loading: false, error: null, hasMore: false, complete: true };
/** A page may have no hits although more follow. */
const maxEmptyPages = 3;

/**
 * Searches the messages of the user's rooms. Users have 30 searches per minute by default, so
 * change the question when they submit it, not while they type.
 * @param question null: none yet
 */
export function useMessageSearch(question: SearchQuestion | null): UseMessageSearch {
  const client = useClient();
  const key = JSON.stringify(question);
  const [state, setState] = useState({ ...idle, key, cursor: null as string | null });
  const latest = useRef(0);
  const load = useCallback(
    async (cursor: string | null, known: SearchHit[]) => {
      const number = ++latest.current;
      const asked = JSON.parse(key) as SearchQuestion | null;
      if (!asked) return setState({ ...idle, key, cursor: null });
      setState((before) => ({ ...before, key, hits: known, loading: true, error: null }));
      try {
        let page = await client.api.searchMessages({ ...asked, ...(cursor && { cursor }) });
        for (let empty = 1; empty < maxEmptyPages && page.hits.length === 0 && page.nextCursor; empty++)
          page = await client.api.searchMessages({ ...asked, cursor: page.nextCursor });
        if (number !== latest.current) return;
        const { hits, nextCursor, complete } = page;
        const all = [...known, ...hits];
        setState({ ...idle, key, hits: all, complete, hasMore: nextCursor !== null, cursor: nextCursor });
      } catch (error) {
        if (number === latest.current)
          setState((before) => ({ ...before, loading: false, error: ParleyError.from(error) }));
      }
    },
    [client, key],
  );
  useEffect(() => {
    void load(null, []);
    return () => {
      latest.current++;
    };
  }, [load]);
  const asks = question !== null;
  return useMemo(() => {
    // The first rendering of a question must not show the hits of the one before.
    const { cursor, key: shown, ...own } = state;
    const current = shown === key ? own : { ...idle, loading: asks };
    const loadMore = async () => {
      if (cursor && shown === key && !own.loading) await load(cursor, own.hits);
    };
    return { ...current, loadMore, reload: () => load(null, []) };
  }, [state, key, load, asks]);
}
