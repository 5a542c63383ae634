/** A use of a limit on wrong passwords. */
export interface Attempt {
  /** @throws AppError `rate_limit` */
  consume(): Promise<void>;
  refund(): Promise<void>;
}
