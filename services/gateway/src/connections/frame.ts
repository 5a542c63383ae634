import type { ServerEvent, ServerPayload } from '@parley/contracts';
import type { Form } from './form.ts';
import type { Packet } from './packet.ts';

/** An event for any number of connections, encoded lazily and at most once per form. */
export class Frame<E extends ServerEvent = ServerEvent> {
  readonly event: E;
  readonly data: ServerPayload<E>;
  readonly #encoded: (readonly Packet[] | undefined)[] = [];

  constructor(event: E, data: ServerPayload<E>) {
    this.event = event;
    this.data = data;
  }

  /** The packets for that form, usually one. */
  as(form: Form): readonly Packet[] {
    let packets = this.#encoded[form.index];
    if (!packets) {
      packets = form.encode(this.event, this.data);
      this.#encoded[form.index] = packets;
    }
    return packets;
  }
}
