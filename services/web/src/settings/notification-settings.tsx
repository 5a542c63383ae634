import { useAccount, useSession } from '@parley/react';
import { useEffect, useState } from 'react';
import { savePreferences, usePreferences } from '../notifications/preferences.ts';
import { useTexts } from '../texts/texts.tsx';
import { Checkbox, Field, Select } from '../ui/field.tsx';
import { FormError } from '../ui/form-error.tsx';
import { Loading } from '../ui/loading.tsx';
import { useStored } from '../ui/use-stored.ts';

/** Which messages notify, on all devices, and whether this browser shows notifications. */
export function NotificationSettings() {
  const { account } = useTexts();
  return (
    <>
      <h3>{account.everywhere}</h3>
      <SharedSettings />
      <h3>{account.onlyHere}</h3>
      <BrowserSettings />
    </>
  );
}

const levels = ['all', 'mentions', 'none'] as const;

function SharedSettings() {
  const { account: texts, settings, common } = useTexts();
  const account = useAccount((all) => all);
  const stored = useAccount((all) => all.notificationSettings);
  const { value, change, error } = useStored(stored, (next) => account?.setNotifications(next));
  if (!value) return <Loading text={common.loading(settings.notifications)} />;
  const { level, preview, quietHours } = value;
  /** The times are those of the place where the reader sets them. */
  const setTimes = (times: { from?: string; to?: string }) => {
    const { timeZone: tz } = new Intl.DateTimeFormat().resolvedOptions();
    change({ quietHours: { from: '22:00', to: '07:00', ...quietHours, ...times, tz } });
  };
  return (
    <div className="settings-list">
      <Select
        label={texts.level}
        value={level}
        options={levels.map((each) => [each, texts.levels[each]])}
        onChange={(next) => change({ level: next })}
      />
      <Checkbox
        label={texts.preview}
        checked={preview}
        onChange={(checked) => change({ preview: checked })}
      />
      <Checkbox
        label={texts.quietHours}
        checked={quietHours !== null}
        onChange={(checked) => (checked ? setTimes({}) : change({ quietHours: null }))}
      />
      {quietHours && (
        <>
          <div className="settings-row">
            <TimeField label={texts.from} value={quietHours.from} onChange={(from) => setTimes({ from })} />
            <TimeField label={texts.to} value={quietHours.to} onChange={(to) => setTimes({ to })} />
          </div>
          <p>{texts.timeZone(quietHours.tz)}</p>
        </>
      )}
      <FormError text={error} />
    </div>
  );
}

interface TimeFieldProps {
  label: string;
  value: string;
  onChange(value: string): void;
}

/** Reports a time when the reader leaves the field or presses Enter: parts of one are none. */
function TimeField({ label, value, onChange }: TimeFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const finish = () => {
    if (text === '') setText(value);
    else if (text !== value) onChange(text);
  };
  return (
    <Field
      label={label}
      type="time"
      dir="ltr"
      value={text}
      onChange={({ target }) => setText(target.value)}
      onBlur={finish}
      onKeyDown={({ key }) => key === 'Enter' && finish()}
    />
  );
}

/** The permission of the browser is asked for only when the reader wants notifications. */
function BrowserSettings() {
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
