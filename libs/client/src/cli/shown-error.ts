/** Something failed and has been shown where it failed: exit code 1, and no further output. */
export class ShownError extends Error {
  override readonly name = 'ShownError';
}
