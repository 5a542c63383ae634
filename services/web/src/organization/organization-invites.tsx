import { useClient } from '@parley/react';
import { useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { useDates } from '../texts/use-dates.ts';
import { Button } from '../ui/button.tsx';
import { CopyField } from '../ui/copy-field.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { Select } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { useAction } from '../ui/use-action.ts';
import { useLoaded } from '../ui/use-loaded.ts';
import { useSubmit } from '../ui/use-submit.ts';
import '../rooms/browse.css';

/** Invites to the organization; for admins. A code can be read only when it is created. */
export function OrganizationInvites() {
  const { settings, room: roomTexts } = useTexts();
  const { org } = settings;
  const { api } = useClient();
  const dates = useDates();
  const [role, setRole] = useState<'user' | 'moderator' | 'admin'>('user');
  const [code, setCode] = useState<string>();
  const { data, error, reload } = useLoaded('invites', () => api.listOrganizationInvites());
  const creation = useSubmit(async () => {
    setCode((await api.createOrganizationInvite({ role })).token);
    reload();
  });
  const revocation = useAction(async (inviteId) => {
    await api.revokeOrganizationInvite({ inviteId });
    reload();
  });
  return (
    <>
      <h3>{org.invites}</h3>
      <div className="settings-row">
        <Select
          label={org.inviteRole}
          value={role}
          options={[
            ['user', org.roles.user],
            ['moderator', org.roles.moderator],
            ['admin', org.roles.admin],
          ]}
          onChange={setRole}
        />
        <Button busy={creation.busy} onClick={creation.run}>
          {org.createInvite}
        </Button>
      </div>
      {code && <CopyField label={org.inviteCode} hint={roomTexts.inviteOnce} value={code} />}
      <FailedLoad error={error} onRetry={reload} />
      <FormError text={creation.error ?? revocation.error} />
      {data?.invites.length === 0 && <p>{org.noInvites}</p>}
      <ul className="browse-list settings-list">
        {data?.invites.map(({ id, role: invitedRole, uses, expiresAt }) => (
          <li key={id} className="browse-row">
            <span className="browse-text">
              {[
                org.roles[invitedRole],
                roomTexts.inviteUntil(dates(expiresAt)),
                roomTexts.inviteUses(uses),
              ].join(' · ')}
            </span>
            <Button busy={revocation.isBusy(id)} onClick={() => revocation.run(id)}>
              {roomTexts.revoke}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
