import { useSession } from '@parley/react';
import { useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Field, Select } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { limits } from '../ui/limits.ts';
import { useSubmit } from '../ui/use-submit.ts';
import { PasswordField } from './password-field.tsx';

export function RegisterForm() {
  const { signIn } = useTexts();
  const { register } = useSession();
  const [username, setUsername] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [way, setWay] = useState<'alone' | 'byName' | 'byInvite'>('alone');
  const [organization, setOrganization] = useState('');
  const { busy, error, onSubmit } = useSubmit(
    () =>
      register({
        username,
        email,
        password,
        ...(way === 'byName' && { organizationName: organization }),
        ...(way === 'byInvite' && { organizationInvite: organization.trim() }),
      }),
    {
      username: signIn.username,
      email: signIn.email,
      password: signIn.password,
      organizationName: signIn.organizationName,
      organizationInvite: signIn.organizationInvite,
    },
  );
  return (
    <form onSubmit={onSubmit}>
      <Field
        label={signIn.username}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        {...limits.username}
        value={username}
        onChange={(event) => setUsername(event.target.value)}
      />
      <Field
        label={signIn.email}
        type="email"
        dir="ltr"
        autoComplete="email"
        required
        {...limits.email}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <PasswordField label={signIn.password} value={password} onChange={setPassword} isNew />
      <Select
        label={signIn.organization}
        value={way}
        options={[
          ['alone', signIn.alone],
          ['byName', signIn.byName],
          ['byInvite', signIn.byInvite],
        ]}
        onChange={setWay}
      />
      {way !== 'alone' && (
        <Field
          label={way === 'byName' ? signIn.organizationName : signIn.organizationInvite}
          required
          {...(way === 'byName' ? limits.organizationName : limits.inviteCode)}
          autoComplete="off"
          value={organization}
          onChange={(event) => setOrganization(event.target.value)}
        />
      )}
      <FormError text={error} />
      <Button kind="primary" type="submit" busy={busy}>
        {signIn.register}
      </Button>
    </form>
  );
}
