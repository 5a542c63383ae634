import { type SpawnOptions, spawnSync } from 'node:child_process';

/** The user that a program runs as, if not the current one. */
export interface OsUser {
  name: string;
  uid: number;
  gid: number;
  /** Lets it enter folders that are closed to it, such as a clone below /root. Needs `setpriv`. */
  passClosedFolders?: boolean;
}

export interface Launch {
  program: string;
  args: readonly string[];
  /** The program's whole environment. @default ours */
  env?: Record<string, string>;
  cwd?: string;
  user?: OsUser | undefined;
  /**
   * The signal that the program receives when this process dies without stopping it, where the
   * system supports that.
   */
  deathSignal?: 'INT' | 'TERM' | 'KILL';
  /** Receives each line of output. */
  onLine?: (line: string) => void;
}

let setpriv: boolean | undefined;

/** Whether util-linux' `setpriv` is available. The one of BusyBox lacks the options needed. */
export function hasSetpriv(): boolean {
  if (setpriv === undefined) {
    const help = spawnSync('setpriv', ['--help'], { encoding: 'utf8' }).stdout ?? '';
    setpriv = ['--reuid', '--clear-groups', '--ambient-caps', '--pdeathsig'].every((option) =>
      help.includes(option),
    );
  }
  return setpriv;
}

/** Arguments of `spawn` that run the program as that user and send it the death signal. */
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
  // setpriv must set the death signal last, because a change of user clears it.
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
