import { Bell, Pin } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { lazyPart } from '../ui/lazy-part.tsx';
import { MenuItem } from '../ui/menu.tsx';

const RoomSettings = lazyPart(() => import('./room-settings.tsx').then(({ RoomSettings }) => RoomSettings));
const Pins = lazyPart(() => import('./pins.tsx').then(({ Pins }) => Pins));

/** The items of a room's menu for every member, and the dialog that they open. */
export function useMemberItems(roomId: string): { items: ReactNode; dialog: ReactNode } {
  const { account: texts } = useTexts();
  const [Shown, show] = useState<typeof Pins>();
  return {
    items: (
      <>
        <MenuItem icon={<Bell size={18} />} onSelect={() => show(() => RoomSettings)}>
          {texts.roomSettings}
        </MenuItem>
        <MenuItem icon={<Pin size={18} />} onSelect={() => show(() => Pins)}>
          {texts.pins}
        </MenuItem>
      </>
    ),
    dialog: Shown && <Shown roomId={roomId} onClose={() => show(undefined)} />,
  };
}
