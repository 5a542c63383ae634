import { useClient, useSession } from '@parley/react';
import { useState } from 'react';
import { WithProfile } from '../settings/with-profile.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { Select } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { Loading } from '../ui/loading.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { JoinOrganization } from './join-organization.tsx';
import { OrganizationInvites } from './organization-invites.tsx';
import { OrganizationMembers } from './organization-members.tsx';

/** The user's organization, or ways to get one. */
export function Organization() {
  const { refreshProfile } = useSession();
  const { settings } = useTexts();
  return (
    <WithProfile what={settings.organization}>
      {({ organizationId }) =>
        organizationId ? (
          <OwnOrganization key={organizationId} />
        ) : (
          <JoinOrganization onJoined={refreshProfile} />
        )
      }
    </WithProfile>
  );
}

function OwnOrganization() {
  const { settings, common, rooms } = useTexts();
  const { org } = settings;
  const { api } = useClient();
  const [leaves, setLeaves] = useState(false);
  const { data, error, reload } = useLoaded('organization', () => api.getOrganization());
  const policy = useSubmit(async () => {
    if (data) await api.updateOrganization({ joinPolicy: data.joinPolicy === 'open' ? 'invite' : 'open' });
    reload();
  });
  if (!data && !error) return <Loading text={common.loading(settings.organization)} />;
  if (!data) return <FailedLoad error={error} onRetry={reload} />;
  const isAdmin = data.role === 'admin';
  return (
    <>
      <p>
        <strong dir="auto">{data.name}</strong> · {rooms.members(data.memberCount)} · {org.roles[data.role]}
      </p>
      <Select
        label={org.policy}
        value={data.joinPolicy}
        options={[
          ['open', org.open],
          ['invite', org.invite],
        ]}
        disabled={!isAdmin}
        busy={policy.busy}
        onChange={policy.run}
      />
      <FormError text={policy.error} />
      <OrganizationMembers isAdmin={isAdmin} />
      {isAdmin && <OrganizationInvites />}
      <Button kind="danger" onClick={() => setLeaves(true)}>
        {org.leave}
      </Button>
      {leaves && (
        <Confirm
          title={org.leave}
          text={org.leaveText}
          onConfirm={() => api.leaveOrganization()}
          onClose={() => setLeaves(false)}
        />
      )}
    </>
  );
}
