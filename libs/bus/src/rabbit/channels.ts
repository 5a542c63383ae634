import { atMost, type Logger } from '@parley/runtime';
import type { Channel, ChannelModel, ConfirmChannel, Message } from 'amqplib';

/** A broker that does not answer (frozen, cut off) must not hold up a goodbye. */
const goodbyeMs = 2_000;
const closing = new WeakSet<Channel>();

/**
 * Opens a channel that cannot crash the process. When it ends without `closeChannel`, it takes its connection with it:
 * recovery then builds everything anew, which it would not for a channel alone.
 */
export async function openChannel(model: ChannelModel, logger: Logger): Promise<Channel> {
  return guard(await model.createChannel(), model, logger);
}

/** For a moment's work: when it ends, nothing else does. */
export async function openSpareChannel(model: ChannelModel, logger: Logger): Promise<Channel> {
  const channel = await model.createChannel();
  closing.add(channel);
  return guard(channel, model, logger);
}

/** As `openChannel`, with publisher confirms. */
export async function openConfirmChannel(model: ChannelModel, logger: Logger): Promise<ConfirmChannel> {
  return guard(await model.createConfirmChannel(), model, logger);
}

function guard<C extends Channel>(channel: C, model: ChannelModel, logger: Logger): C {
  channel.on('error', (error) => logger.error({ err: error }, 'the broker closed a channel'));
  channel.on('handler-error', (error) => logger.error({ err: error }, 'a handler of channel events failed'));
  channel.on('close', () => {
    if (!closing.has(channel)) setImmediate(() => dropConnection(model));
  });
  return channel;
}

/** Ends a connection that is of no use any more, if it has not ended yet. */
export function dropConnection(model: ChannelModel): void {
  model.close().catch(() => undefined);
}

/** What it had not acknowledged goes back to the broker, in its old place. Never rejects. */
export async function closeChannel(channel: Channel): Promise<void> {
  closing.add(channel);
  try {
    await withinGoodbye(channel.close());
  } catch {
    // It was closed before.
  }
}

/** Waits for a goodbye, but not for ever. */
export async function withinGoodbye(goodbye: Promise<unknown>): Promise<void> {
  await atMost(goodbyeMs, goodbye);
}

/** Acknowledges a delivery, and with `upTo` all before it. On a channel that has gone there is nothing to do: the broker delivers again. */
export function acknowledge(channel: Channel, message: Message, options: { upTo: boolean }): void {
  try {
    channel.ack(message, options.upTo);
  } catch {
    // See above.
  }
}
