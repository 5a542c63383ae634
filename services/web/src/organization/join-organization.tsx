import { useClient } from '@parley/react';
import { useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Field, Select } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { limits } from '../ui/limits.ts';
import { useSubmit } from '../ui/use-submit.ts';

/** For users without an organization: create one, or join one by its name or an invite. */
export function JoinOrganization({ onJoined }: { onJoined(): Promise<void> }) {
  const { org } = useTexts().settings;
  const client = useClient();
  const { api } = client;
  const [way, setWay] = useState<'create' | 'join' | 'joinInvite'>('create');
  const [text, setText] = useState('');
  const { busy, error, onSubmit } = useSubmit(
    async () => {
      const value = text.trim();
      if (way === 'create') await api.createOrganization({ name: value });
      else await api.joinOrganization(way === 'join' ? { name: value } : { invite: value });
      await onJoined();
    },
    { name: org.name, invite: org.inviteCode },
  );
  return (
    <form onSubmit={onSubmit} className="settings-list">
      <p>{org.none}.</p>
      <p>{org.noneText}</p>
      <Select
        label={org.none}
        labelHidden
        value={way}
        options={[
          ['create', org.create],
          ['join', org.join],
          ['joinInvite', org.joinInvite],
        ]}
        onChange={setWay}
      />
      <Field
        label={way === 'joinInvite' ? org.inviteCode : org.name}
        required
        {...(way === 'joinInvite' ? limits.inviteCode : limits.organizationName)}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <FormError text={error} />
      <Button kind="primary" type="submit" busy={busy}>
        {org[way]}
      </Button>
    </form>
  );
}
