import { useMessageSearch, useRooms } from '@parley/react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Page } from '../app/page.tsx';
import { navigate, searchPath } from '../app/router.tsx';
import { useRoomName } from '../rooms/room-name.ts';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { Field, Select } from '../ui/field.tsx';
import { limits } from '../ui/limits.ts';
import { Loading } from '../ui/loading.tsx';
import { Hit } from './hit.tsx';
import './search.css';

interface SearchProps {
  q: string;
  /** Null: all rooms of the reader. */
  roomId: string | null;
}

/**
 * Messages with given words. The address contains the search, so that the way back from a message
 * leads to its results.
 */
export function Search({ q, roomId }: SearchProps) {
  const { search: texts, common } = useTexts();
  const nameOf = useRoomName();
  const { rooms } = useRooms();
  const field = useRef<HTMLInputElement>(null);
  const [words, setWords] = useState(q);
  useEffect(() => field.current?.focus(), []);
  const found = useMessageSearch(q === '' ? null : { q, ...(roomId && { roomId: [roomId] }) });
  const { hits, loading, error, hasMore, complete } = found;
  const names = new Map(rooms.map((room) => [room.id, nameOf(room)]));
  const show = (where: string | null) => {
    const wanted = words.trim();
    if (wanted === q && where === roomId && q !== '') void found.reload();
    navigate(searchPath(where, wanted), { replace: true });
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    show(roomId);
  };
  const isDone = q !== '' && !loading && !error;
  return (
    <Page title={texts.title}>
      <search>
        <form className="search-form" onSubmit={onSubmit}>
          <Field
            ref={field}
            label={texts.words}
            hint={texts.hint}
            type="search"
            enterKeyHint="search"
            {...limits.messageSearch}
            value={words}
            onChange={(event) => setWords(event.target.value)}
          />
          {roomId && (
            <Select
              label={texts.where}
              value={roomId}
              options={[
                [roomId, names.get(roomId) ?? ''],
                ['', texts.everywhere],
              ]}
              onChange={(value) => show(value || null)}
            />
          )}
          <Button kind="primary" type="submit" busy={loading}>
            {common.search}
          </Button>
        </form>
      </search>
      <FailedLoad error={error} onRetry={() => void found.reload()} />
      {loading && hits.length === 0 && <Loading text={common.loading(texts.title)} />}
      <p role="status" className={hits.length > 0 ? 'search-count' : 'sr-only'}>
        {isDone && (hasMore ? texts.moreResults : texts.results)(hits.length)}
      </p>
      {isDone && !complete && <p className="search-note">{texts.incomplete}</p>}
      {isDone && hits.length === 0 && !hasMore && <EmptyState title={common.noMatch(q)} text={texts.tips} />}
      <ol className="search-hits">
        {hits.map((hit) => (
          <Hit key={hit.message.id} hit={hit} roomName={names.get(hit.message.roomId) ?? ''} />
        ))}
      </ol>
      {hasMore && (
        <Button busy={loading} onClick={() => void found.loadMore()}>
          {common.more}
        </Button>
      )}
    </Page>
  );
}
