/** What was typed cannot be run as it is: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
