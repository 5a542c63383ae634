/** The command line cannot be run as typed: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
