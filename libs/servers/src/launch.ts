import { type SpawnOptions, spawnSync } from 'node:child_process';

/** Whom a program runs as, when not as ourselves. */
export interface OsUser {
  name: string;
  uid: number;
  gid: number;
  /** Lets it pass folders that are closed to it, such as a clone below /root. Needs `setpriv`. */
  passClosedFolders?: boolean;
}

export interface Launch {
  program: string;
  args: readonly string[];
  /** The whole environment of the program. Default: ours. */
  env?: Record<string, string>;
  cwd?: string;
  user?: OsUser | undefined;
  /** What the program gets when this process dies without having stopped it, on systems that can do that. */
  deathSignal?: 'INT' | 'TERM' | 'KILL';
  /** Hears every line that the program prints. */
  onLine?: (line: string) => void;
}

let setpriv: boolean | undefined;

/** Whether util-linux' `setpriv` is here; BusyBox has a smaller one that does not do. */
export function hasSetpriv(): boolean {
  if (setpriv === undefined) {
    const help = spawnSync('setpriv', ['--help'], { encoding: 'utf8' }).stdout ?? '';
    setpriv = ['--reuid', '--clear-groups', '--ambient-caps', '--pdeathsig'].every((option) =>
      help.includes(option),
    );
  }
  return setpriv;
}

/** What to hand to `spawn` so that the program runs as that user and hears of our death. */
export function wrapLaunch(launch: Launch): { program: string; args: string[]; options: SpawnOptions } {
  const { user } = launch;
  const options: SpawnOptions = {
    ...(launch.env && { env: launch.env }),
    ...(launch.cwd && { cwd: launch.cwd }),
  };
  if (!hasSetpriv()) {
    return {
      program: launch.program,
      args: [...launch.args],
      options: { ...options, ...(user && { uid: user.uid, gid: user.gid }) },
    };
  }
  // setpriv sets the death signal last: a change of user would clear it.
  const privileges = [
    ...(launch.deathSignal ? ['--pdeathsig', launch.deathSignal] : []),
    ...(user ? ['--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'] : []),
    ...(user?.passClosedFolders
      ? ['--securebits', '+no_setuid_fixup', '--inh-caps', '+dac_override', '--ambient-caps', '+dac_override']
      : []),
  ];
  if (privileges.length === 0) return { program: launch.program, args: [...launch.args], options };
  return { program: 'setpriv', args: [...privileges, '--', launch.program, ...launch.args], options };
}
