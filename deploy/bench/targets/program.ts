import { join } from 'node:path';
import { StartError } from '@parley/runtime';
import { bareEnvironment, type ChildGroup, startGroup } from '@parley/servers';
import { projectFolder } from '../../stack/project-folder.ts';
import { collectsGarbageOnSignal } from './garbage.ts';

export interface Program {
  group: ChildGroup;
  /** The match of its ready line. */
  ready: RegExpExecArray;
  stop(): Promise<void>;
}

/**
 * Runs a bundle of `dist/` until it reports that it is ready. It does not see our environment and
 * ends with this process.
 */
export async function startProgram(
  bundle: string,
  options: { args?: readonly string[]; env?: Record<string, string>; ready: RegExp },
): Promise<Program> {
  let said: (ready: RegExpExecArray) => void = () => undefined;
  const ready = new Promise<RegExpExecArray>((resolve) => {
    said = resolve;
  });
  const group = await startGroup({
    program: process.execPath,
    args: ['--enable-source-maps', join(projectFolder(), 'dist', `${bundle}.js`), ...(options.args ?? [])],
    env: { ...bareEnvironment, ...collectsGarbageOnSignal, ...options.env },
    deathSignal: 'KILL',
    onLine: (line) => {
      const match = options.ready.exec(line);
      if (match) said(match);
    },
  });
  const ended = group.exited.then(({ lastLines }) => {
    throw new StartError(`${bundle} ended while starting:\n${lastLines}`);
  });
  try {
    return {
      group,
      ready: await Promise.race([ready, ended]),
      stop: () => group.end([{ signal: 'SIGTERM', waitMs: 30_000 }]),
    };
  } catch (error) {
    await group.end();
    throw error;
  }
}

/** The ready line of our own benchmark servers. */
export const readyLine = /^\{"url":"([^"]+)".*\}$/;
