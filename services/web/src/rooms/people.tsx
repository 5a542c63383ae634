import type { Profile } from '@parley/client';
import { useClient, usePresence, useSession } from '@parley/react';
import { type ReactNode, useState } from 'react';
import { Page } from '../app/page.tsx';
import { navigate, roomPath } from '../app/router.tsx';
import { useTexts } from '../texts/texts.tsx';
import { useShownNames } from '../texts/user-name.ts';
import { Avatar } from '../ui/avatar.tsx';
import { BotBadge } from '../ui/bot-badge.tsx';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { Field } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { limits } from '../ui/limits.ts';
import { Loading } from '../ui/loading.tsx';
import { useDelayed } from '../ui/use-delayed.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { useSubmit } from '../ui/use-submit.ts';
import './browse.css';

interface PeopleSearchProps {
  /** The action for a person, such as a button. */
  action(person: Profile): ReactNode;
}

/** Finds people, and offers an action for each. */
export function PeopleSearch({ action }: PeopleSearchProps) {
  const { rooms: texts, common } = useTexts();
  const client = useClient();
  const { user } = useSession();
  const [search, setSearch] = useState('');
  const wanted = useDelayed(search.trim());
  const { data, error, loading, reload } = useLoaded(wanted, () =>
    client.users({ limit: 50, ...(wanted && { search: wanted }) }),
  );
  const people = (data?.users ?? []).filter(({ id }) => id !== user?.userId);
  return (
    <>
      <Field
        label={texts.searchPeople}
        type="search"
        {...limits.search}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <FailedLoad error={error} onRetry={reload} />
      {loading && !data && <Loading text={common.loading(texts.people)} />}
      <p role="status" className="sr-only">
        {wanted && !loading && texts.results(people.length)}
      </p>
      {data && !loading && people.length === 0 && (
        <EmptyState
          title={wanted ? common.noMatch(wanted) : texts.noPeople}
          {...(wanted && { text: texts.widenPeople })}
        />
      )}
      <ul className="browse-list">
        {people.map((person) => (
          <li key={person.id} className="browse-row">
            <PersonLine person={person} />
            {action(person)}
          </li>
        ))}
      </ul>
    </>
  );
}

function PersonLine({ person }: { person: Profile }) {
  const { id, username, jobTitle } = person;
  const name = useShownNames()(person);
  const isOnline = usePresence(id) === 'online';
  return (
    <>
      <Avatar id={id} name={name} live={isOnline} />
      <div className="browse-text">
        <strong dir="auto">
          {name} <BotBadge user={person} />
        </strong>
        <small dir="auto">{[name === username ? '' : username, jobTitle].filter(Boolean).join(' · ')}</small>
      </div>
    </>
  );
}

/** Everybody whom the user may write to. */
export function People() {
  const { rooms } = useTexts();
  return (
    <Page title={rooms.message}>
      <PeopleSearch action={(person) => <WriteTo person={person} />} />
    </Page>
  );
}

function WriteTo({ person }: { person: Profile }) {
  const { room } = useTexts();
  const client = useClient();
  const name = useShownNames()(person);
  const { busy, error, run } = useSubmit(async () => {
    navigate(roomPath((await client.directRoom(person.id)).id));
  });
  return (
    <>
      <FormError text={error} />
      <Button busy={busy} onClick={run} aria-label={`${room.message}: ${name}`}>
        {room.message}
      </Button>
    </>
  );
}
