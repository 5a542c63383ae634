/** An error that has already been shown: exit code 1, without further output. */
export class ShownError extends Error {
  override readonly name = 'ShownError';
}
