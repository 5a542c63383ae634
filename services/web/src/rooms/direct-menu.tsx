import { useClient } from '@parley/react';
import { Ban, MoreVertical } from 'lucide-react';
import { useErrorText } from '../texts/error-text.ts';
import { useTexts } from '../texts/texts.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu, MenuItem } from '../ui/menu.tsx';
import { useNotice } from '../ui/notice.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { useMemberItems } from './use-member-items.tsx';

/** Actions for a direct room; one blocks the other user, or ends that. */
export function DirectMenu({ roomId, userId }: { roomId: string; userId: string }) {
  const { room: texts, common } = useTexts();
  const { api } = useClient();
  const errorText = useErrorText();
  const notify = useNotice();
  const { data, error, reload } = useLoaded(userId, () => api.listBlocks({ limit: 200 }));
  const { items, dialog } = useMemberItems(roomId);
  if (!data && !error) return null;
  const isBlocked = data?.users.some(({ id }) => id === userId);
  const toggle = () => {
    const change = isBlocked ? api.unblockUser({ userId }) : api.blockUser({ userId });
    change.then(reload, (error: unknown) => notify(errorText(error)));
  };
  return (
    <>
      <Menu trigger={<IconButton label={texts.menu} icon={<MoreVertical size={20} />} />}>
        {items}
        {data ? (
          <MenuItem icon={<Ban size={18} />} danger={!isBlocked} onSelect={toggle}>
            {isBlocked ? texts.unblock : texts.block}
          </MenuItem>
        ) : (
          <MenuItem onSelect={reload}>{common.retry}</MenuItem>
        )}
      </Menu>
      {dialog}
    </>
  );
}
