import type { RoomView } from '@parley/client';
import { useClient } from '@parley/react';
import { Hash } from 'lucide-react';
import { useState } from 'react';
import { Page } from '../app/page.tsx';
import { Link, navigate, roomPath } from '../app/router.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { Field } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { Loading } from '../ui/loading.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { useSubmit } from '../ui/use-submit.ts';
import './browse.css';

const perPage = 200;
/** A list to read through, not an index of everything. */
const maxPages = 5;

/** All public rooms, to read and to join. */
export function Browse() {
  const { rooms: texts, common } = useTexts();
  const client = useClient();
  const [search, setSearch] = useState('');
  const { data, error, loading, reload } = useLoaded('rooms', async () => {
    const found: RoomView[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < maxPages; page++) {
      const { rooms, nextCursor } = await client.rooms({ limit: perPage, ...(cursor && { cursor }) });
      found.push(...rooms.filter(({ kind }) => kind === 'channel'));
      if (!nextCursor) break;
      cursor = nextCursor;
    }
    return found;
  });
  const wanted = search.trim().toLocaleLowerCase();
  const shown = (data ?? []).filter((room) =>
    `${room.name} ${room.description}`.toLocaleLowerCase().includes(wanted),
  );
  return (
    <Page title={texts.browse}>
      <Field
        label={texts.searchRooms}
        type="search"
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <FailedLoad error={error} onRetry={reload} />
      {loading && !data && <Loading text={common.loading(texts.rooms)} />}
      <p role="status" className="sr-only">
        {wanted && texts.results(shown.length)}
      </p>
      {data && shown.length === 0 && (
        <EmptyState
          title={wanted ? common.noMatch(search.trim()) : texts.noRooms}
          {...(wanted && { text: texts.widen })}
        />
      )}
      <ul className="browse-list">
        {shown.map((room) => (
          <RoomRow key={room.id} room={room} />
        ))}
      </ul>
    </Page>
  );
}

function RoomRow({ room }: { room: RoomView }) {
  const { rooms: texts } = useTexts();
  const client = useClient();
  const { busy, error, run } = useSubmit(async () => {
    await client.joinRoom(room.id);
    navigate(roomPath(room.id));
  });
  const name = room.name ?? '';
  return (
    <li className="browse-row">
      <Avatar id={room.id} name={name} icon={<Hash size={16} />} />
      <div className="browse-text">
        <strong dir="auto">{name}</strong>
        <small className="browse-about">
          {texts.members(room.memberCount)}
          {room.description && ' · '}
          <span dir="auto">{room.description}</span>
        </small>
        <FormError text={error} />
      </div>
      {room.role ? (
        <Link to={roomPath(room.id)} className="button" aria-label={`${texts.open} ${name}`}>
          {texts.open}
        </Link>
      ) : (
        <Button kind="primary" busy={busy} onClick={run} aria-label={`${texts.join} ${name}`}>
          {texts.join}
        </Button>
      )}
    </li>
  );
}
