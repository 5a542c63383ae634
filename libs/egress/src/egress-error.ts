/** Why a request was not sent or not answered. */
export type EgressReason =
  /** Not http(s), with credentials, or at a port that is not listed. */
  | 'url'
  /** The name has no address. */
  | 'name'
  /** No address of the host is public, and none is on the operator's list. */
  | 'address'
  | 'redirect'
  | 'timeout'
  | 'too_large'
  | 'connection'
  | 'aborted';

/** The message names the problem, never an address that a name resolved to. */
export class EgressError extends Error {
  override readonly name = 'EgressError';
  readonly reason: EgressReason;

  constructor(reason: EgressReason, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.reason = reason;
  }
}
