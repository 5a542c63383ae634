import { useClient } from '@parley/react';
import { useState } from 'react';
import { PasswordField } from '../signin/password-field.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { SignOut } from './sign-out.tsx';

/** Signing out, and erasing the account. */
export function Account() {
  const { settings, signIn } = useTexts();
  const { api } = useClient();
  const [leaves, setLeaves] = useState(false);
  const [asks, setAsks] = useState(false);
  const [password, setPassword] = useState('');
  return (
    <>
      <Button onClick={() => setLeaves(true)}>{settings.signOut}</Button>
      {leaves && <SignOut onClose={() => setLeaves(false)} />}
      <p>{settings.eraseText}</p>
      <Button kind="danger" onClick={() => setAsks(true)}>
        {settings.erase}
      </Button>
      {asks && (
        <Confirm
          title={settings.erase}
          text={settings.eraseText}
          action={settings.eraseConfirm}
          onConfirm={() => api.eraseMe({ password })}
          onClose={() => setAsks(false)}
        >
          <PasswordField label={signIn.password} value={password} onChange={setPassword} />
        </Confirm>
      )}
    </>
  );
}
