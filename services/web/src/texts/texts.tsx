import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { Texts } from './en.ts';
import { type Language, loadTexts, localeFor, preferredLanguage, rememberLanguage } from './language.ts';

interface Speech {
  language: Language;
  /** For `Intl`. */
  locale: string;
  texts: Texts;
  setLanguage(language: Language): void;
}

const SpeechContext = createContext<Speech | null>(null);

/** Provides the texts in the reader's language, and sets the language and direction of the page. */
export function TextsProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState(preferredLanguage);
  const [texts, setTexts] = useState<Texts | null>(null);
  useEffect(() => {
    let isCurrent = true;
    loadTexts(language).then(
      (loaded) => {
        if (isCurrent) setTexts(loaded);
      },
      () => location.reload(),
    );
    return () => {
      isCurrent = false;
    };
  }, [language]);
  useEffect(() => {
    if (!texts) return;
    document.documentElement.lang = language;
    document.documentElement.dir = texts.direction;
  }, [language, texts]);
  const setLanguage = useCallback((next: Language) => {
    rememberLanguage(next);
    choose(next);
  }, []);
  const speech = useMemo(
    () => texts && { language, locale: localeFor(language), texts, setLanguage },
    [language, texts, setLanguage],
  );
  return speech && <SpeechContext value={speech}>{children}</SpeechContext>;
}

/** The language of the page, and a way to change it. */
export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (!speech) throw new Error('useSpeech needs a TextsProvider');
  return speech;
}

/** The texts in the reader's language: `useTexts().rooms.create`. */
export const useTexts = (): Texts => useSpeech().texts;
