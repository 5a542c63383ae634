import type { Operations } from '@parley/client';
import { useClient, useSession } from '@parley/react';
import { useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { useShownNames } from '../texts/user-name.ts';
import { Avatar } from '../ui/avatar.tsx';
import { BotBadge } from '../ui/bot-badge.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { FailedLoad } from '../ui/failed-load.tsx';
import { Select } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { useLoaded } from '../ui/use-loaded.ts';
import { useSubmit } from '../ui/use-submit.ts';
import '../rooms/browse.css';

type Member = Operations['listOrganizationMembers']['output']['members'][number];

/** All members, page by page. Admins change roles and remove members. */
export function OrganizationMembers({ isAdmin }: { isAdmin: boolean }) {
  const { settings, common } = useTexts();
  const { api } = useClient();
  const [pages, setPages] = useState(1);
  const { data, error, loading, reload } = useLoaded(`${pages}`, async () => {
    const members: Member[] = [];
    let after: string | null = null;
    for (let page = 0; page < pages; page++) {
      const next: Operations['listOrganizationMembers']['output'] = await api.listOrganizationMembers({
        limit: 200,
        ...(after && { after }),
      });
      members.push(...next.members);
      after = next.next;
      if (!after) break;
    }
    return { members, hasMore: after !== null };
  });
  return (
    <>
      <h3>{settings.org.members}</h3>
      <FailedLoad error={error} onRetry={reload} />
      <ul className="browse-list settings-list">
        {data?.members.map((member) => (
          <MemberRow key={member.userId} member={member} isAdmin={isAdmin} onChanged={reload} />
        ))}
      </ul>
      {data?.hasMore && (
        <Button busy={loading} onClick={() => setPages(pages + 1)}>
          {common.more}
        </Button>
      )}
    </>
  );
}

interface MemberRowProps {
  member: Member;
  isAdmin: boolean;
  onChanged(): void;
}

function MemberRow({ member, isAdmin, onChanged }: MemberRowProps) {
  const { userId, username, role } = member;
  const shownName = useShownNames()(member);
  const { settings, common } = useTexts();
  const { org } = settings;
  const { api } = useClient();
  const { user } = useSession();
  const [removes, setRemoves] = useState(false);
  const [next, setNext] = useState(role);
  const change = useSubmit(async () => {
    await api.changeMemberRole({ userId, role: next });
    onChanged();
  });
  return (
    <li className="browse-row">
      <Avatar id={userId} name={shownName} size="small" />
      <div className="browse-text">
        <strong dir="auto">
          {shownName} <BotBadge user={member} />
        </strong>
        <small dir="auto">
          {[shownName === username ? '' : username, isAdmin ? '' : org.roles[role]]
            .filter(Boolean)
            .join(' · ')}
        </small>
        <FormError text={change.error} />
      </div>
      {isAdmin && (
        <>
          <Select
            label={org.role(shownName)}
            labelHidden
            value={next}
            options={[
              ['admin', org.roles.admin],
              ['moderator', org.roles.moderator],
              ['user', org.roles.user],
            ]}
            onChange={setNext}
          />
          {next !== role && (
            <Button kind="primary" busy={change.busy} onClick={change.run}>
              {common.save}
            </Button>
          )}
          {userId !== user?.userId && (
            <Button onClick={() => setRemoves(true)} aria-label={`${common.remove}: ${shownName}`}>
              {common.remove}
            </Button>
          )}
        </>
      )}
      {removes && (
        <Confirm
          title={common.remove}
          text={org.removeText(shownName)}
          onConfirm={() => api.removeOrganizationMember({ userId }).then(onChanged)}
          onClose={() => setRemoves(false)}
        />
      )}
    </li>
  );
}
