import { createAccountSetting } from '../app/account-setting.ts';

/** Of this browser, because each browser asks for its own permission. */
export interface Preferences {
  enabled: boolean;
  /** Messages of other rooms show none. */
  onlyDirect: boolean;
}

const initial: Preferences = { enabled: false, onlyDirect: true };

const setting = createAccountSetting('notifications', (text): Preferences => {
  try {
    return { ...initial, ...(JSON.parse(text ?? '{}') as Partial<Preferences>) };
  } catch {
    return initial;
  }
});

export const usePreferences = setting.useValue;

export const savePreferences = (userId: string, change: Partial<Preferences>): void =>
  setting.save(userId, JSON.stringify({ ...setting.read(userId), ...change }));
