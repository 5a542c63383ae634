import { findProgram } from './programs.ts';

/** The full path of Chromium or Chrome on this machine. */
export const findChromium = (): string | undefined =>
  ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
    .map(findProgram)
    .find((path) => path !== undefined);
