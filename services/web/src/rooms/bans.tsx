import { useClient } from '@parley/react';
import { useTexts } from '../texts/texts.tsx';
import { useShownName } from '../texts/user-name.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { FormError } from '../ui/form-error.tsx';
import { useAction } from '../ui/use-action.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import './browse.css';

interface BansProps {
  roomId: string;
  onClose(): void;
}

/** The users who are kept out of a room. */
export function Bans({ roomId, onClose }: BansProps) {
  const { room: texts } = useTexts();
  const { api } = useClient();
  const { data, error, reload } = useLoaded(roomId, () => api.listBans({ roomId }));
  const lifting = useAction(async (userId) => {
    await api.unbanUser({ roomId, userId });
    reload();
  });
  return (
    <Dialog title={texts.bans} onClose={onClose}>
      <FailedLoad error={error} onRetry={reload} />
      <FormError text={lifting.error} />
      {data?.bans.length === 0 && <p>{texts.noBans}</p>}
      <ul className="browse-list">
        {data?.bans.map(({ userId, username }) => (
          <li key={userId} className="browse-row">
            <BannedUser userId={userId} username={username} />
            <Button busy={lifting.isBusy(userId)} onClick={() => lifting.run(userId)}>
              {texts.unban}
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function BannedUser({ userId, username }: { userId: string; username: string }) {
  const name = useShownName({ userId, username });
  return (
    <>
      <Avatar id={userId} name={name} size="small" />
      <span className="browse-text" dir="auto" title={username}>
        {name}
      </span>
    </>
  );
}
