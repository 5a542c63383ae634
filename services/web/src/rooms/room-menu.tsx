import { type UseRoom, useClient } from '@parley/react';
import { Ban, DoorOpen, Link2, MoreVertical, Pencil, Trash2, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { navigate } from '../app/router.tsx';
import { useTexts } from '../texts/texts.tsx';
import { IconButton } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm-later.ts';
import { lazyPart } from '../ui/lazy-part.tsx';
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx';
import { useMemberItems } from './use-member-items.tsx';

const EditRoom = lazyPart(() => import('./edit-room.tsx').then(({ EditRoom }) => EditRoom));
const Invites = lazyPart(() => import('./invites.tsx').then(({ Invites }) => Invites));
const Bans = lazyPart(() => import('./bans.tsx').then(({ Bans }) => Bans));
const AddMembers = lazyPart(() => import('./add-members.tsx').then(({ AddMembers }) => AddMembers));

type Shown = 'edit' | 'invites' | 'bans' | 'add' | 'leave' | 'delete';

interface RoomMenuProps {
  state: UseRoom;
  name: string;
}

/** Actions for the room, by the role of the user. */
export function RoomMenu({ state: { room, reload }, name }: RoomMenuProps) {
  const { room: texts } = useTexts();
  const client = useClient();
  const [shown, show] = useState<Shown>();
  const { items, dialog } = useMemberItems(room?.id ?? '');
  if (!room) return null;
  const { id: roomId, role } = room;
  const manages = role === 'owner' || role === 'admin';
  const close = () => show(undefined);
  const goHome = () => navigate('/');
  return (
    <>
      <Menu trigger={<IconButton label={texts.menu} icon={<MoreVertical size={20} />} />}>
        {items}
        <MenuLine />
        {manages && (
          <>
            <MenuItem icon={<UserPlus size={18} />} onSelect={() => show('add')}>
              {texts.addMembers}
            </MenuItem>
            <MenuItem icon={<Link2 size={18} />} onSelect={() => show('invites')}>
              {texts.invites}
            </MenuItem>
            <MenuItem icon={<Pencil size={18} />} onSelect={() => show('edit')}>
              {texts.edit}
            </MenuItem>
            <MenuItem icon={<Ban size={18} />} onSelect={() => show('bans')}>
              {texts.bans}
            </MenuItem>
            <MenuLine />
          </>
        )}
        <MenuItem icon={<DoorOpen size={18} />} danger onSelect={() => show('leave')}>
          {texts.leave}
        </MenuItem>
        {role === 'owner' && (
          <MenuItem icon={<Trash2 size={18} />} danger onSelect={() => show('delete')}>
            {texts.delete}
          </MenuItem>
        )}
      </Menu>
      {dialog}
      {shown === 'edit' && <EditRoom room={room} onSaved={reload} onClose={close} />}
      {shown === 'invites' && <Invites roomId={roomId} canCreate={role === 'owner'} onClose={close} />}
      {shown === 'bans' && <Bans roomId={roomId} onClose={close} />}
      {shown === 'add' && <AddMembers roomId={roomId} onAdded={reload} onClose={close} />}
      {shown === 'leave' && (
        <Confirm
          title={`${texts.leave}: ${name}`}
          text={role === 'owner' ? texts.ownerLeave : texts.leaveText}
          action={texts.leave}
          onConfirm={() => client.leaveRoom(roomId).then(goHome)}
          onClose={close}
        />
      )}
      {shown === 'delete' && (
        <Confirm
          title={`${texts.delete}: ${name}`}
          text={texts.deleteText}
          action={texts.delete}
          onConfirm={() => client.api.deleteRoom({ roomId }).then(goHome)}
          onClose={close}
        />
      )}
    </>
  );
}
