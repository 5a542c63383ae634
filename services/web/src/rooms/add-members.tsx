import type { Profile } from '@parley/client';
import { useClient } from '@parley/react';
import { useTexts } from '../texts/texts.tsx';
import { useShownNames } from '../texts/user-name.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FormError } from '../ui/form-error.tsx';
import { useNotice } from '../ui/notice.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { PeopleSearch } from './people.tsx';

interface AddMembersProps {
  roomId: string;
  onAdded(): Promise<void>;
  onClose(): void;
}

export function AddMembers({ roomId, onAdded, onClose }: AddMembersProps) {
  const { room } = useTexts();
  return (
    <Dialog title={room.addMembers} onClose={onClose}>
      <PeopleSearch action={(person) => <Add roomId={roomId} person={person} onAdded={onAdded} />} />
    </Dialog>
  );
}

interface AddProps {
  roomId: string;
  person: Profile;
  onAdded(): Promise<void>;
}

function Add({ roomId, person, onAdded }: AddProps) {
  const { room } = useTexts();
  const { api } = useClient();
  const notify = useNotice();
  const name = useShownNames()(person);
  const { busy, error, run } = useSubmit(async () => {
    await api.addMembers({ roomId, userIds: [person.id] });
    notify(room.added(name));
    await onAdded();
  });
  return (
    <>
      <FormError text={error} />
      <Button busy={busy} onClick={run} aria-label={`${room.add}: ${name}`}>
        {room.add}
      </Button>
    </>
  );
}
