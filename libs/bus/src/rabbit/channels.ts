import type { Logger } from '@parley/runtime';
import { atMost } from '@parley/runtime/async';
import type { Channel, ChannelModel, ConfirmChannel, Message } from 'amqplib';

/** A broker that does not answer (frozen, cut off) must not delay closing. */
const closeTimeoutMs = 2_000;
const closing = new WeakSet<Channel>();

/**
 * Opens a channel that cannot crash the process. If it ends without `closeChannel`, it closes its
 * connection too. Recovery then restores everything, which it does not do for a single channel.
 */
export async function openChannel(model: ChannelModel, logger: Logger): Promise<Channel> {
  return guard(await model.createChannel(), model, logger);
}

/** Opens a channel for a short task. Its end does not affect the connection. */
export async function openTemporaryChannel(model: ChannelModel, logger: Logger): Promise<Channel> {
  const channel = await model.createChannel();
  closing.add(channel);
  return guard(channel, model, logger);
}

/** Like `openChannel`, with publisher confirms. */
export async function openConfirmChannel(model: ChannelModel, logger: Logger): Promise<ConfirmChannel> {
  return guard(await model.createConfirmChannel(), model, logger);
}

function guard<C extends Channel>(channel: C, model: ChannelModel, logger: Logger): C {
  channel.on('error', (error) => logger.error({ err: error }, 'the broker closed a channel'));
  channel.on('handler-error', (error) => logger.error({ err: error }, 'a channel event handler failed'));
  channel.on('close', () => {
    if (!closing.has(channel)) setImmediate(() => dropConnection(model));
  });
  return channel;
}

/** Closes a useless connection if it is still open. */
export function dropConnection(model: ChannelModel): void {
  model.close().catch(() => undefined);
}

/** Returns unacknowledged messages to the broker, in their old places. Never rejects. */
export async function closeChannel(channel: Channel): Promise<void> {
  closing.add(channel);
  try {
    const closed = withoutStack(() => channel.close());
    answerWithoutStack(channel);
    await withinCloseTimeout(closed);
  } catch {
    // The channel was closed before.
  }
}

/** The library reads another stack when the broker has answered `close`. */
function answerWithoutStack(channel: Channel): void {
  const internal = channel as unknown as { accept?: (frame: unknown) => void };
  const accept = internal.accept?.bind(channel);
  if (accept) internal.accept = (frame) => withoutStack(() => accept(frame));
}

/**
 * Calls a function of the library that reads a stack for nobody. The first one that a process reads
 * makes Node parse its source map, which takes as long as loading Express.
 */
function withoutStack<Result>(call: () => Result): Result {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return call();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Waits until something has closed, but only for a limited time. */
export async function withinCloseTimeout(ended: Promise<unknown>): Promise<void> {
  await atMost(closeTimeoutMs, ended);
}

/**
 * Acknowledges a delivery, with `upTo` also all before it. Does nothing on a closed channel: the
 * broker delivers again.
 */
export function acknowledge(channel: Channel, message: Message, options: { upTo: boolean }): void {
  try {
    channel.ack(message, options.upTo);
  } catch {
    // The channel is closed.
  }
}
