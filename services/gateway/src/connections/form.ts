import type { ServerEvent } from '@parley/contracts';
import { conversationsNotification } from '../dialects/conversations-notification.ts';
import { type Dialect, dialects } from '../dialects/dialect-table.ts';
import { errorRow } from '../dialects/error-row.ts';
import { build, translateServerEvent, translateToEveryDialect } from '../dialects/translator.ts';
import { Packet } from './packet.ts';

/** How connections of one style and transport get what they are told. There is one object for each, so that what was encoded for one serves all. */
export interface Form {
  /** Its place among all forms. */
  readonly index: number;
  encode(event: ServerEvent, data: unknown): readonly Packet[];
}

/** A packet of Socket.IO. Engine.IO (version 4) has a 4 before it: a message. */
export const socketIoPacket = (text: string): Packet => new Packet(text, '4');

/** How a transport writes an event. */
const transports = {
  /** Socket.IO's protocol (version 5): an event of the main namespace that asks for no acknowledgement. */
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
        : translateServerEvent(dialect, event, data).map((told) => write(told.event, told.data)),
    ),
  ]);
  return Object.fromEntries(entries) as Record<Dialect, Form>;
};
const byTransport = { socketIo: formsOf('socketIo'), webSocket: formsOf('webSocket') };

/** For a client of which nothing is known: it takes the events whose names it knows, and ignores the rest. */
const inEveryDialect = (transport: Transport): Form =>
  addForm((event, data) =>
    translateToEveryDialect(event, data).map((told) => transports[transport](told.event, told.data)),
  );
const everyDialect = { socketIo: inEveryDialect('socketIo'), webSocket: inEveryDialect('webSocket') };

/** @param dialect undefined: not known (yet) */
export const formOf = (transport: Transport, dialect: Dialect | undefined): Form =>
  dialect === undefined ? everyDialect[transport] : byTransport[transport][dialect];

export const notificationsNamespace = '/notifications';

/** The namespace `/notifications`: those, and errors; all else is not for it. */
export const notificationsForm = addForm((event, data) => {
  const row = event === 'notification' ? conversationsNotification : event === 'error' ? errorRow : undefined;
  if (!row) return [];
  return [
    socketIoPacket(
      `2${notificationsNamespace},${JSON.stringify([row.event, build(row.fields, data as Record<string, unknown>)])}`,
    ),
  ];
});
