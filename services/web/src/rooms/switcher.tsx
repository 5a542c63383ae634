import type { Profile } from '@parley/client';
import { type RoomSummary, useClient, useRooms, useSession } from '@parley/react';
import { Hash, Lock } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { navigate, roomPath } from '../app/router.tsx';
import { useErrorText } from '../texts/error-text.ts';
import { useTexts } from '../texts/texts.tsx';
import { useShownNames } from '../texts/user-name.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { FormError } from '../ui/form-error.tsx';
import { useDelayed } from '../ui/use-delayed.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { useRoomName } from './room-name.ts';
import './switcher.css';

const maxShown = 12;

type Choice = { id: string; name: string } & ({ room: RoomSummary } | { person: Profile });

/** Finds a room or a person by a few letters and opens the conversation: Ctrl+K. */
export function Switcher({ onClose }: { onClose(): void }) {
  const { rooms: texts, common } = useTexts();
  const errorText = useErrorText();
  const client = useClient();
  const listId = useId();
  const [search, setSearch] = useState('');
  const [index, setIndex] = useState(0);
  const [error, setError] = useState<string>();
  const { choices, failed } = useChoices(search.trim());
  const chosen = choices[Math.min(index, choices.length - 1)];
  const open = async (choice: Choice | undefined) => {
    if (!choice) return;
    try {
      const roomId = 'room' in choice ? choice.id : (await client.directRoom(choice.id)).id;
      onClose();
      navigate(roomPath(roomId));
    } catch (reason) {
      setError(errorText(reason));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && choices.length > 0) {
      event.preventDefault();
      setIndex((index + step + choices.length) % choices.length);
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      void open(chosen);
    }
  };
  return (
    <Dialog title={texts.find} onClose={onClose} bare className="switcher">
      <input
        className="switcher-input"
        role="combobox"
        aria-expanded={choices.length > 0}
        aria-controls={listId}
        aria-activedescendant={chosen && `${listId}-${chosen.id}`}
        aria-autocomplete="list"
        aria-label={texts.find}
        placeholder={texts.find}
        dir={search === '' ? undefined : 'auto'}
        value={search}
        onChange={(event) => {
          setSearch(event.target.value);
          setIndex(0);
        }}
        onKeyDown={onKeyDown}
      />
      <FormError text={error} />
      {failed}
      <p role="status" className="sr-only">
        {search.trim() && texts.results(choices.length)}
      </p>
      {choices.length === 0 && search.trim() !== '' && (
        <EmptyState title={common.noMatch(search.trim())} text={texts.widen} />
      )}
      <div id={listId} role="listbox" aria-label={texts.label} className="switcher-list">
        {choices.map((choice) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input above has the keys of the list
          // biome-ignore lint/a11y/useFocusableInteractive: the input refers to the active option
          <div
            key={choice.id}
            id={`${listId}-${choice.id}`}
            role="option"
            aria-selected={choice === chosen}
            className="switcher-option"
            onClick={() => void open(choice)}
          >
            <ChoiceAvatar choice={choice} />
            <span dir="auto">{choice.name}</span>
          </div>
        ))}
      </div>
      {choices.length > 0 && <small className="switcher-hint">{texts.switcherHint}</small>}
    </Dialog>
  );
}

/** Rooms whose name contains the text, then people without a conversation yet. */
function useChoices(search: string): { choices: Choice[]; failed: ReactNode } {
  const client = useClient();
  const { user } = useSession();
  const { rooms } = useRooms();
  const nameOf = useRoomName();
  const shownName = useShownNames();
  const wanted = search.toLocaleLowerCase();
  const delayed = useDelayed(search);
  const { data, error, reload } = useLoaded(delayed, async () =>
    delayed === '' ? [] : (await client.users({ search: delayed, limit: maxShown })).users,
  );
  const found = rooms
    .map((room): Choice => ({ id: room.id, name: nameOf(room), room }))
    .filter((choice) => matches(choice, wanted));
  const known = new Set(rooms.map(({ peer }) => peer?.userId));
  const people = wanted === '' ? [] : (data ?? []).filter(({ id }) => !known.has(id) && id !== user?.userId);
  const choices = [
    ...found,
    ...people.map((person): Choice => ({ id: person.id, name: shownName(person), person })),
  ].slice(0, maxShown);
  return { choices, failed: <FailedLoad error={error} onRetry={reload} /> };
}

const matches = (choice: Choice, wanted: string) =>
  `${choice.name} ${'room' in choice ? (choice.room.peer?.username ?? '') : ''}`
    .toLocaleLowerCase()
    .includes(wanted);

function ChoiceAvatar({ choice }: { choice: Choice }) {
  if ('person' in choice || choice.room.kind === 'direct')
    return (
      <Avatar
        id={'person' in choice ? choice.id : (choice.room.peer?.userId ?? '')}
        name={choice.name}
        size="small"
      />
    );
  const icon = choice.room.isPrivate ? <Lock size={14} /> : <Hash size={14} />;
  return <Avatar id={choice.id} name={choice.name} size="small" icon={icon} />;
}
