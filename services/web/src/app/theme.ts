import type { SessionState } from '@parley/react';
import { useEffect, useSyncExternalStore } from 'react';
import { accentTokens } from './accent.ts';
import { createAccountSetting } from './account-setting.ts';

/** `system`: as the device. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const isChoice = (text: string | null): text is ThemeChoice =>
  text === 'system' || text === 'light' || text === 'dark';
const themeSetting = createAccountSetting('theme', (text) => (isChoice(text) ? text : null));
const dark = matchMedia('(prefers-color-scheme: dark)');

/** Remembers the choice for this browser; the profile has it for other clients. */
export const chooseTheme = (userId: string, choice: ThemeChoice): void => themeSetting.save(userId, choice);

function subscribe(listener: () => void): () => void {
  dark.addEventListener('change', listener);
  return () => dark.removeEventListener('change', listener);
}

/**
 * The user's choice in this browser, else the profile's. A profile has no value for "not chosen":
 * `light` is its default, so only `dark` counts as chosen.
 */
export function useThemeChoice({ user, profile }: Pick<SessionState, 'user' | 'profile'>): ThemeChoice {
  const choice = themeSetting.useValue(user?.userId);
  return choice ?? (profile?.themeMode === 'dark' ? 'dark' : 'system');
}

/** Applies the theme, the accent colour and the background picture of the user to the page. */
export function useTheme({ state, user, profile }: SessionState): void {
  const choice = useThemeChoice({ user, profile });
  const prefersDark = useSyncExternalStore(subscribe, () => dark.matches);
  const isDark = choice === 'dark' || (choice === 'system' && prefersDark);
  const color = profile?.themeColor ?? '';
  const picture = pictureUrl(profile?.backgroundImage ?? '');
  const isKnown = state !== 'loading';
  useEffect(() => {
    if (!isKnown) return;
    const { style, dataset } = document.documentElement;
    dataset.theme = isDark ? 'dark' : 'light';
    const tokens = accentTokens(color, isDark);
    for (const [name, value] of Object.entries(tokens)) style.setProperty(name, value);
    return () => {
      for (const name of Object.keys(tokens)) style.removeProperty(name);
    };
  }, [isKnown, isDark, color]);
  useEffect(() => {
    const { style } = document.documentElement;
    if (!picture) return;
    style.setProperty('--picture', `url("${picture}")`);
    return () => void style.removeProperty('--picture');
  }, [picture]);
}

/** Only pictures that are in the profile itself: the page requests nothing from other hosts. */
export const pictureUrl = (text: string): string | null =>
  /^data:image\/(png|jpeg|webp|gif);base64,[A-Za-z0-9+/]+=*$/.test(text) ? text : null;
