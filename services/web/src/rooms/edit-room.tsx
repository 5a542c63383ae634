import type { RoomView } from '@parley/client';
import { useClient } from '@parley/react';
import { useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Checkbox, Field, Select, TextArea } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { limits } from '../ui/limits.ts';
import { useSubmit } from '../ui/use-submit.ts';

interface EditRoomProps {
  room: RoomView;
  onSaved(): Promise<void>;
  onClose(): void;
}

export function EditRoom({ room, onSaved, onClose }: EditRoomProps) {
  const { rooms: texts, room: roomTexts, common } = useTexts();
  const client = useClient();
  const isChannel = room.kind === 'channel';
  const nameLimits = isChannel ? limits.channelName : limits.groupName;
  const [name, setName] = useState(room.name ?? '');
  const [description, setDescription] = useState(room.description);
  const [isPrivate, setPrivate] = useState(room.isPrivate);
  const [earlierUnread, setEarlierUnread] = useState(room.earlierUnread);
  const [roomMentions, setRoomMentions] = useState(room.roomMentions);
  const fields = { name: texts.name, description: texts.description };
  const { busy, error, onSubmit } = useSubmit(async () => {
    await client.api.updateRoom({
      roomId: room.id,
      name,
      description,
      earlierUnread,
      roomMentions,
      ...(isChannel && { isPrivate }),
    });
    await onSaved();
    onClose();
  }, fields);
  return (
    <Dialog title={roomTexts.edit} onClose={onClose}>
      <form onSubmit={onSubmit}>
        <Field
          label={texts.name}
          hint={texts.lengthHint(nameLimits.minLength, nameLimits.maxLength)}
          required
          {...nameLimits}
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <TextArea
          label={texts.description}
          value={description}
          {...limits.roomDescription}
          onChange={setDescription}
        />
        {isChannel && <Checkbox label={texts.isPrivate} checked={isPrivate} onChange={setPrivate} />}
        <Checkbox label={texts.earlierUnread} checked={earlierUnread} onChange={setEarlierUnread} />
        <Select
          label={texts.roomMentions}
          value={roomMentions}
          options={(['auto', 'members', 'admins'] as const).map((who) => [who, texts.mentionedBy[who]])}
          onChange={setRoomMentions}
        />
        <FormError text={error} />
        <div className="dialog-foot">
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button kind="primary" type="submit" busy={busy}>
            {common.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
