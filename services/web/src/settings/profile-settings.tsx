import { type OwnProfile, useSession } from '@parley/react';
import { useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Field, TextArea } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { limits } from '../ui/limits.ts';
import { useNotice } from '../ui/notice.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { WithProfile } from './with-profile.tsx';

export function ProfileSettings() {
  const { settings } = useTexts();
  return (
    <WithProfile what={settings.profile}>
      {(profile) => <ProfileForm key={profile.id} profile={profile} />}
    </WithProfile>
  );
}

function ProfileForm({ profile }: { profile: OwnProfile }) {
  const { settings, signIn, common } = useTexts();
  const { updateProfile } = useSession();
  const notify = useNotice();
  const [name, setName] = useState(profile.name);
  const [jobTitle, setJobTitle] = useState(profile.jobTitle);
  const [description, setDescription] = useState(profile.description);
  const { busy, error, onSubmit } = useSubmit(
    async () => {
      await updateProfile({ name, jobTitle, description });
      notify(common.saved);
    },
    { name: settings.name, jobTitle: settings.jobTitle, description: settings.about },
  );
  return (
    <form onSubmit={onSubmit} className="settings-list">
      <Field label={signIn.username} readOnly value={profile.username} />
      <Field label={signIn.email} readOnly dir="ltr" value={profile.email} />
      <Field
        label={settings.name}
        hint={settings.nameHint}
        {...limits.name}
        autoComplete="name"
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label={settings.jobTitle}
        {...limits.jobTitle}
        autoComplete="organization-title"
        value={jobTitle}
        onChange={(event) => setJobTitle(event.target.value)}
      />
      <TextArea label={settings.about} {...limits.about} value={description} onChange={setDescription} />
      <FormError text={error} />
      <Button kind="primary" type="submit" busy={busy}>
        {common.save}
      </Button>
    </form>
  );
}
