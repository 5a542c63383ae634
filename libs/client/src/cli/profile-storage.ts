import { chmod, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pause } from '@parley/runtime/async';
import type { TokenStorage, Tokens } from '../tokens.ts';

interface Profile {
  url: string;
  tokens: Tokens | null;
}

/** An older lock was left by a process that died. */
const lockLifeMs = 30_000;
const lockPauseMs = 50;

/**
 * Stores a login for one server in a file that only its owner can read (0600). Never returns tokens
 * of another server.
 */
export class ProfileStorage implements TokenStorage {
  readonly #path: string;
  readonly #url: string;

  constructor(folder: string, profile: string, url: string) {
    this.#path = profilePath(folder, profile);
    this.#url = url;
  }

  async load(): Promise<Tokens | null> {
    const profile = await readProfile(this.#path);
    return profile?.url === this.#url ? profile.tokens : null;
  }

  async save(tokens: Tokens | null): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const unfinished = `${this.#path}.${process.pid}`;
    await writeFile(
      unfinished,
      `${JSON.stringify({ url: this.#url, tokens } satisfies Profile, null, 2)}\n`,
      { mode: 0o600 },
    );
    // An existing file would keep its mode.
    await chmod(unfinished, 0o600);
    await rename(unfinished, this.#path);
  }

  /** Lets only one of the terminals that share a profile refresh at a time. */
  async exclusively<T>(work: () => Promise<T>): Promise<T> {
    const path = `${this.#path}.lock`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    while (!(await take(path))) await pause(lockPauseMs);
    try {
      return await work();
    } finally {
      await rm(path, { force: true });
    }
  }
}

const profilePath = (folder: string, profile: string) => join(folder, `${profile}.json`);

/** The server that a profile was last used with. */
export async function urlOfProfile(folder: string, profile: string): Promise<string | undefined> {
  return (await readProfile(profilePath(folder, profile)))?.url;
}

/** An unreadable file counts as no login. */
async function readProfile(path: string): Promise<Profile | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Profile;
  } catch {
    return undefined;
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o600)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const since = await stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
  if (Date.now() - since > lockLifeMs) await rm(path, { force: true });
  return false;
}
