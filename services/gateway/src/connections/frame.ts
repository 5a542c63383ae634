import type { ServerEvent, ServerPayload } from '@parley/contracts';
import type { Form } from './form.ts';
import type { Packet } from './packet.ts';

/** An event on its way to any number of connections, encoded for each form at most once, and only when somebody needs it. */
export class Frame<E extends ServerEvent = ServerEvent> {
  readonly event: E;
  readonly data: ServerPayload<E>;
  readonly #encoded: (readonly Packet[] | undefined)[] = [];

  constructor(event: E, data: ServerPayload<E>) {
    this.event = event;
    this.data = data;
  }

  /** As connections of that form get it: usually one packet. */
  as(form: Form): readonly Packet[] {
    let packets = this.#encoded[form.index];
    if (!packets) {
      packets = form.encode(this.event, this.data);
      this.#encoded[form.index] = packets;
    }
    return packets;
  }
}
