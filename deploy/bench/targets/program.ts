import { join } from 'node:path';
import { StartError } from '@parley/runtime';
import { bareEnvironment, type ChildGroup, startGroup } from '@parley/servers';
import { projectFolder } from '../../stack/project-folder.ts';
import { collectsGarbageWhenTold } from './garbage.ts';

export interface Program {
  group: ChildGroup;
  /** What it said when it was ready. */
  ready: RegExpExecArray;
  stop(): Promise<void>;
}

/** Runs a bundle of `dist/` until it says that it is ready. It sees nothing of our environment, and does not outlive us. */
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
    env: { ...bareEnvironment, ...collectsGarbageWhenTold, ...options.env },
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

/** What our own servers say. */
export const readyLine = /^\{"url":"([^"]+)".*\}$/;
