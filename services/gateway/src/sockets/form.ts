import type { ServerEvent } from '@parley/contracts';
import { conversationsNotification } from '../styles/conversations-notification.ts';
import { errorRow } from '../styles/error-row.ts';
import { type Style, styles } from '../styles/style-table.ts';
import { build, tell, tellInEveryStyle } from '../styles/translator.ts';
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

const formsOf = (transport: Transport): Record<Style, Form> => {
  const write = transports[transport];
  const entries = styles.map((style) => [
    style,
    addForm((event, data) =>
      style === 'snake_case' ? [write(event, data)] : tell(style, event, data).map((told) => write(told.event, told.data)),
    ),
  ]);
  return Object.fromEntries(entries) as Record<Style, Form>;
};
const byTransport = { socketIo: formsOf('socketIo'), webSocket: formsOf('webSocket') };

/** For a client of which nothing is known: it takes the events whose names it knows, and ignores the rest. */
const everyStyle = (transport: Transport): Form =>
  addForm((event, data) => tellInEveryStyle(event, data).map((told) => transports[transport](told.event, told.data)));
const ofEveryStyle = { socketIo: everyStyle('socketIo'), webSocket: everyStyle('webSocket') };

/** @param style undefined: not known (yet) */
export const formOf = (transport: Transport, style: Style | undefined): Form =>
  style === undefined ? ofEveryStyle[transport] : byTransport[transport][style];

export const notificationsNamespace = '/notifications';

/** The namespace `/notifications`: those, and errors; all else is not for it. */
export const notificationsForm = addForm((event, data) => {
  const row = event === 'notification' ? conversationsNotification : event === 'error' ? errorRow : undefined;
  if (!row) return [];
  return [socketIoPacket(`2${notificationsNamespace},${JSON.stringify([row.event, build(row.fields, data as Record<string, unknown>)])}`)];
});
