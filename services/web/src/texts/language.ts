import type { Texts } from './en.ts';

/** The catalogue of each language. All but the first are loaded when they are needed. */
const catalogues = {
  en: () => import('./en.ts').then(({ en }) => en),
  de: () => import('./de.ts').then(({ de }) => de),
  ar: () => import('./ar.ts').then(({ ar }) => ar),
} satisfies Record<string, () => Promise<Texts>>;

export type Language = keyof typeof catalogues;
export const languages: Record<Language, string> = { en: 'English', de: 'Deutsch', ar: 'العربية' };

const key = 'parley.language';
const isLanguage = (value: string | null | undefined): value is Language =>
  value !== null && value !== undefined && Object.hasOwn(catalogues, value);

/** The reader's choice, else the first language of the browser that has a catalogue. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(key);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage) ?? 'en';
}

export const rememberLanguage = (language: Language): void => localStorage.setItem(key, language);

export const loadTexts = (language: Language): Promise<Texts> => catalogues[language]();

/** For dates and numbers: with the reader's region, if it belongs to the language. */
export const localeFor = (language: Language): string =>
  navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language;
