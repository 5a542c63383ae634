import type { ClientContract, ServerEvent, ServerPayload } from '@parley/contracts';
import { fieldsBeside } from '../dialects/contract-dialects.ts';
import { notificationsRows } from '../dialects/conversations-notification.ts';
import { type Dialect, dialects } from '../dialects/dialect-table.ts';
import { build, translateServerEvent, translateToEveryDialect } from '../dialects/translator.ts';
import { Packet } from './packet.ts';

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

/**
 * How events are encoded for one dialect and transport. All connections with the same form share
 * one object, so an event is encoded once for all of them.
 */
export interface Form {
  /** Position among all forms. */
  readonly index: number;
  encode(event: ServerEvent, data: unknown): readonly Packet[];
}

/** A Socket.IO packet. The prefix 4 is Engine.IO's packet type "message" (protocol version 4). */
export const socketIoPacket = (text: string): Packet => new Packet(text, '4');

/** Writes an event for each transport. */
const transports = {
  /** Socket.IO protocol 5: an event of the main namespace without an acknowledgement id. */
  socketIo: (event: string, data: unknown) => socketIoPacket(`2${JSON.stringify([event, data])}`),
  webSocket: (event: string, data: unknown) => new Packet(JSON.stringify({ event, data })),
} as const;
export type Transport = keyof typeof transports;

const forms: Form[] = [];
function addForm(encode: Form['encode']): Form {
  const form = { index: forms.length, encode };
  forms.push(form);
  return form;
}

const formsOf = (transport: Transport): Record<Dialect, Form> => {
  const write = transports[transport];
  const entries = dialects.map((dialect) => [
    dialect,
    addForm((event, data) =>
      dialect === 'snake_case'
        ? [write(event, data)]
        : translateServerEvent(dialect, event, data).map((translated) =>
            write(translated.event, translated.data),
          ),
    ),
  ]);
  return Object.fromEntries(entries) as Record<Dialect, Form>;
};
const byTransport = { socketIo: formsOf('socketIo'), webSocket: formsOf('webSocket') };

/** For clients of unknown dialect: they handle the names that they know and ignore the rest. */
const inEveryDialect = (transport: Transport): Form =>
  addForm((event, data) =>
    translateToEveryDialect(event, data).map((translated) =>
      transports[transport](translated.event, translated.data),
    ),
  );
const everyDialect = { socketIo: inEveryDialect('socketIo'), webSocket: inEveryDialect('webSocket') };

/** In the canonical dialect, with the fields that clients of `direct` expect beside its own. */
const forDirect = (transport: Transport): Form =>
  addForm((event, data) => {
    const fields = fieldsBeside.direct?.[event];
    const beside = fields && build(fields, data as Record<string, unknown>);
    return [transports[transport](event, beside ? { ...(data as object), ...beside } : data)];
  });
const direct = { socketIo: forDirect('socketIo'), webSocket: forDirect('webSocket') };

/**
 * @param dialect undefined while unknown
 * @param contract of the connection's session
 */
export function formOf(
  transport: Transport,
  dialect: Dialect | undefined,
  contract: ClientContract | null,
): Form {
  if (dialect === undefined) return everyDialect[transport];
  if (dialect === 'snake_case' && contract === 'direct') return direct[transport];
  return byTransport[transport][dialect];
}

export const notificationsNamespace = '/notifications';

/** Encodes notifications and errors for the namespace `/notifications`; drops every other event. */
export const notificationsForm = addForm((event, data) => {
  const row = notificationsRows[event];
  if (!row) return [];
  const fields = build(row.fields, data as Record<string, unknown>);
  return [socketIoPacket(`2${notificationsNamespace},${JSON.stringify([row.event, fields])}`)];
});
