import { useSession } from '@parley/react';
import { useState } from 'react';
import { savePreferences, usePreferences } from '../notifications/preferences.ts';
import { useTexts } from '../texts/texts.tsx';
import { Checkbox } from '../ui/field.tsx';

/** The permission of the browser is asked for only when the reader wants notifications. */
export function NotificationSettings() {
  const { settings } = useTexts();
  const { user } = useSession();
  const { enabled, onlyDirect } = usePreferences(user?.userId);
  const isSupported = 'Notification' in globalThis;
  const [isDenied, setDenied] = useState(isSupported && Notification.permission === 'denied');
  if (!user) return null;
  if (!isSupported) return <p>{settings.notificationsUnsupported}</p>;
  const enable = async (wanted: boolean) => {
    const isAllowed = !wanted || (await Notification.requestPermission()) === 'granted';
    setDenied(!isAllowed);
    savePreferences(user.userId, { enabled: wanted && isAllowed });
  };
  return (
    <>
      <Checkbox
        label={settings.browserNotifications}
        checked={enabled}
        onChange={(wanted) => void enable(wanted).catch(() => setDenied(true))}
      />
      <Checkbox
        label={settings.onlyDirect}
        checked={onlyDirect}
        disabled={!enabled}
        onChange={(checked) => savePreferences(user.userId, { onlyDirect: checked })}
      />
      {isDenied && <p role="alert">{settings.notificationsDenied}</p>}
    </>
  );
}
