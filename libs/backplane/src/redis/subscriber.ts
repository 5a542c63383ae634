/** A Redis client that subscribes, over one connection or one per node. */
export interface Subscriber {
  /**
   * Resolves when every subscription requested so far is confirmed or has failed. Never rejects.
   */
  subscribed(): Promise<unknown>;
  /** Called when lost subscriptions are restored. Messages published meanwhile are lost. */
  onSubscribedAgain(callback: () => void): void;
}
