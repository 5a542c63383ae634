import { type ProfileChange, useSession } from '@parley/react';
import { type ChangeEvent, useRef } from 'react';
import { chooseTheme, pictureUrl, type ThemeChoice, useThemeChoice } from '../app/theme.ts';
import { useErrorText } from '../texts/error-text.ts';
import { type Language, languages } from '../texts/language.ts';
import { useSpeech } from '../texts/texts.tsx';
import { Button } from '../ui/button.tsx';
import { Select } from '../ui/field.tsx';
import { useNotice } from '../ui/notice.tsx';
import { shrinkPicture } from './shrink-picture.ts';

const colors = ['#2f6fed', '#7c3aed', '#c2410c', '#0f766e', '#be185d', '#4d7c0f', '#a16207'];
const languageOptions = Object.entries(languages) as [Language, string][];

/** Language, theme, accent colour and background picture. Changes apply at once. */
export function Appearance() {
  const { texts, language, setLanguage } = useSpeech();
  const { settings, common } = texts;
  const { user, profile, updateProfile } = useSession();
  const choice = useThemeChoice({ user, profile });
  const errorText = useErrorText();
  const notify = useNotice();
  const file = useRef<HTMLInputElement>(null);
  const change = (next: ProfileChange) => {
    updateProfile(next).catch((error: unknown) => notify(errorText(error)));
  };
  const chooseMode = (next: ThemeChoice) => {
    if (user) chooseTheme(user.userId, next);
    change({ themeMode: next === 'dark' ? 'dark' : 'light' });
  };
  const choosePicture = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = target.files ?? [];
    target.value = '';
    const picture = chosen && (await shrinkPicture(chosen));
    if (picture) change({ backgroundImage: picture });
    else if (chosen) notify(settings.tooLarge);
  };
  const picture = pictureUrl(profile?.backgroundImage ?? '');
  return (
    <>
      <Select label={settings.language} value={language} options={languageOptions} onChange={setLanguage} />
      <Select
        label={settings.theme}
        value={choice}
        options={[
          ['system', settings.system],
          ['light', settings.light],
          ['dark', settings.dark],
        ]}
        onChange={chooseMode}
      />
      <fieldset className="color-list">
        <legend>{settings.color}</legend>
        {['', ...colors].map((color) => (
          <label key={color} title={color || settings.defaultColor}>
            <input
              type="radio"
              name="color"
              aria-label={color || settings.defaultColor}
              checked={(profile?.themeColor ?? '') === color}
              onChange={() => change({ themeColor: color })}
            />
            <span style={{ background: color || 'var(--surface)' }} />
          </label>
        ))}
      </fieldset>
      <div className="settings-row">
        <input
          ref={file}
          type="file"
          accept="image/*"
          hidden
          onChange={(event) => void choosePicture(event).catch(() => notify(settings.tooLarge))}
        />
        <Button onClick={() => file.current?.click()}>{settings.chooseFile}</Button>
        {picture && (
          <Button onClick={() => change({ backgroundImage: '' })}>
            {common.remove}: {settings.background}
          </Button>
        )}
      </div>
      {picture && <img className="picture-preview" src={picture} alt={settings.background} />}
      <p>{settings.backgroundHint}</p>
    </>
  );
}
