import { useSession } from '@parley/react';
import { useState } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Field } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { useSubmit } from '../ui/use-submit.ts';
import { PasswordField } from './password-field.tsx';

export function SignInForm() {
  const { signIn } = useTexts();
  const { logIn } = useSession();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const { busy, error, onSubmit } = useSubmit(() => logIn({ login, password }), {
    login: signIn.login,
    password: signIn.password,
  });
  return (
    <form onSubmit={onSubmit}>
      <Field
        label={signIn.login}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        required
        value={login}
        onChange={(event) => setLogin(event.target.value)}
      />
      <PasswordField label={signIn.password} value={password} onChange={setPassword} />
      <FormError text={error} />
      <Button kind="primary" type="submit" busy={busy}>
        {signIn.submit}
      </Button>
    </form>
  );
}
