import type { StackState } from './start-stack.ts';

/** The text that `npm run stack` prints once everything is ready. It contains no passwords. */
export function greeting({ url, replicas, pids }: StackState): string {
  const processes = Object.entries(pids).map(([part, ids]) => {
    const urls = replicas[part as keyof typeof replicas] ?? [];
    const process = ids.length > 0 ? `pid ${ids.join(', ')}` : 'no process of its own';
    return `${part.padEnd(16)}  ${[...urls, process].join('  ')}`;
  });
  return `
Parley is ready   ${url}
API documents     ${url}/docs
State             ${url}/__stack (JSON, with the passwords of the servers; --json prints it)

${processes.join('\n')}

Ctrl+C stops it and removes its data.
`;
}
