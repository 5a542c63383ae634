import { useClient } from '@parley/react';
import { useState } from 'react';
import { navigate, roomPath } from '../app/router.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Field, TextArea } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { limits } from '../ui/limits.ts';
import { useSubmit } from '../ui/use-submit.ts';

/** Creates a channel and opens it. */
export function CreateRoom({ onClose }: { onClose(): void }) {
  const { rooms, common } = useTexts();
  const client = useClient();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [isPrivate, setPrivate] = useState(false);
  const fields = { name: rooms.name, description: rooms.description };
  const { busy, error, onSubmit } = useSubmit(async () => {
    const room = await client.createRoom({ name, description, isPrivate });
    onClose();
    navigate(roomPath(room.id));
  }, fields);
  return (
    <Dialog title={rooms.create} onClose={onClose}>
      <form onSubmit={onSubmit}>
        <Field
          label={rooms.name}
          hint={rooms.lengthHint(limits.channelName.minLength, limits.channelName.maxLength)}
          required
          {...limits.channelName}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea
          label={rooms.description}
          value={description}
          {...limits.roomDescription}
          onChange={setDescription}
        />
        <Checkbox label={rooms.isPrivate} checked={isPrivate} onChange={setPrivate} />
        <FormError text={error} />
        <div className="dialog-foot">
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="primary" type="submit" busy={busy}>
            {rooms.createSubmit}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
