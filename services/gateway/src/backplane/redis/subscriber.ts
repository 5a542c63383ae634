/** The side of a Redis client that subscribes, over one connection or one for each node. */
export interface Subscriber {
  /** Resolves when every subscription that was asked for until now has been confirmed, or has failed. Never rejects. */
  subscribed(): Promise<unknown>;
  /** Called when subscriptions that were lost are there again: what was published meanwhile is lost. */
  onSubscribedAgain(callback: () => void): void;
}
