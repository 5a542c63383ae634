import { useClient } from '@parley/react';
import { useState } from 'react';
import { hrefTo } from '../app/router.tsx';
import { useTexts } from '../texts/texts.tsx';
import { useDates } from '../texts/use-dates.ts';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { FormError } from '../ui/form-error.tsx';
import { useAction } from '../ui/use-action.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { useSubmit } from '../ui/use-submit.ts';
import './browse.css';

interface InvitesProps {
  roomId: string;
  canCreate: boolean;
  onClose(): void;
}

/** The invite links of a room. A link itself can be read only when it is created. */
export function Invites({ roomId, canCreate, onClose }: InvitesProps) {
  const { room: texts } = useTexts();
  const { api } = useClient();
  const dates = useDates();
  const [link, setLink] = useState<string>();
  const { data, error, reload } = useLoaded(roomId, () => api.listInvites({ roomId }));
  const creation = useSubmit(async () => {
    const { token } = await api.createInvite({ roomId });
    setLink(new URL(hrefTo(`/invite/${encodeURIComponent(token)}`), location.href).href);
    reload();
  });
  const revocation = useAction(async (inviteId: string) => {
    await api.revokeInvite({ roomId, inviteId });
    reload();
  });
  return (
    <Dialog title={texts.invites} onClose={onClose}>
      {link && <CopyField label={texts.inviteLink} hint={texts.inviteOnce} value={link} />}
      {canCreate && (
        <Button kind="primary" busy={creation.busy} onClick={creation.run}>
          {texts.createInvite}
        </Button>
      )}
      <FailedLoad error={error} onRetry={reload} />
      <FormError text={creation.error ?? revocation.error} />
      {data?.invites.length === 0 && <p>{texts.noInvites}</p>}
      <ul className="browse-list">
        {data?.invites.map(({ id, uses, expiresAt }) => (
          <li key={id} className="browse-row">
            <span className="browse-text">
              {texts.inviteUntil(dates(expiresAt))} · {texts.inviteUses(uses)}
            </span>
            <Button busy={revocation.isBusy(id)} onClick={() => revocation.run(id)}>
              {texts.revoke}
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
