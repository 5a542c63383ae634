import { useClient } from '@parley/react';
import { useState } from 'react';
import { PasswordField } from '../signin/password-field.tsx';
import { useTexts } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { FormError } from '../ui/form-error.tsx';
import { useNotice } from '../ui/notice.tsx';
import { useSubmit } from '../ui/use-submit.ts';

export function PasswordSettings() {
  const { settings } = useTexts();
  const { api } = useClient();
  const notify = useNotice();
  const [currentPassword, setCurrent] = useState('');
  const [newPassword, setNew] = useState('');
  const fields = { currentPassword: settings.currentPassword, newPassword: settings.newPassword };
  const { busy, error, onSubmit } = useSubmit(async () => {
    await api.changePassword({ currentPassword, newPassword });
    setCurrent('');
    setNew('');
    notify(settings.passwordChanged);
  }, fields);
  return (
    <form onSubmit={onSubmit} className="settings-list">
      <PasswordField label={settings.currentPassword} value={currentPassword} onChange={setCurrent} />
      <PasswordField label={settings.newPassword} value={newPassword} onChange={setNew} isNew />
      <FormError text={error} />
      <Button kind="primary" type="submit" busy={busy}>
        {settings.changePassword}
      </Button>
    </form>
  );
}
