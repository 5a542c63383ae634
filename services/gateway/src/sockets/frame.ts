import type { ServerEvent, ServerPayload } from '@parley/contracts';

/** An event on its way to any number of connections, encoded at most once for all of them. */
export class Frame<E extends ServerEvent = ServerEvent> {
  readonly event: E;
  readonly data: ServerPayload<E>;
  #socketIoPacket: string | undefined;

  constructor(event: E, data: ServerPayload<E>) {
    this.event = event;
    this.data = data;
  }

  /** As Socket.IO's protocol (version 5) writes an event of the main namespace that asks for no acknowledgement. */
  get socketIoPacket(): string {
    this.#socketIoPacket ??= `2${JSON.stringify([this.event, this.data])}`;
    return this.#socketIoPacket;
  }
}
