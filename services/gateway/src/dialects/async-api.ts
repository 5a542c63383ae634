import { clientContract, clientEvents, type ServerEvent, serverEvents } from '@parley/contracts';
import { z } from 'zod';
import { dialectOf } from './contract-dialects.ts';
import { notificationsRows } from './conversations-notification.ts';
import type { DialectTable, ServerRow } from './dialect-table.ts';
import { clientSchema, type JsonSchema, schemaOf, serverSchema } from './event-schemas.ts';
import { tables } from './translator.ts';

/** An event as one side emits it. */
interface Message {
  name: string;
  title: string;
  payload: JsonSchema;
}

/** The events of one kind of connection. */
interface Channel {
  id: string;
  address: string;
  title: string;
  description: string;
  server: 'socketIo' | 'webSocket';
  fromClients: Message[];
  fromServer: Message[];
}

const empty = z.object({});

function canonicalChannel(): Channel {
  const client = Object.entries(clientEvents);
  return {
    id: 'canonical',
    address: '/',
    title: 'snake_case over Socket.IO',
    description:
      'The canonical dialect, for clients that state it (`auth.style`, `?style=snake_case`) ' +
      'and sessions of the contracts `rooms` and `direct`.',
    server: 'socketIo',
    fromClients: client.map(([event, schema]) => ({
      name: event,
      title: event,
      payload: schemaOf(schema ?? empty, 'input'),
    })),
    fromServer: Object.entries(serverEvents).map(([event, schema]) => ({
      name: event,
      title: event,
      payload: schemaOf(schema, 'output'),
    })),
  };
}

function dialectChannel(dialect: string, { client, server }: DialectTable): Channel {
  const rows = Object.entries(server).flatMap(([event, translated]) =>
    translated.map((row) => ({ event: event as ServerEvent, row: row as ServerRow })),
  );
  return {
    id: dialect === 'camelCase' ? 'camelCase' : 'kebabCase',
    address: '/',
    title: `${dialect} over Socket.IO`,
    description:
      `For clients that state it (\`auth.style\`, \`?style=${dialect}\`) and sessions of ` +
      `${contractsOf(dialect)}. An event of only one other dialect switches the connection to that one.`,
    server: 'socketIo',
    fromClients: Object.entries(client).map(([name, row]) => ({
      name,
      title: `${name}: ${row.event}`,
      payload: clientSchema(row),
    })),
    fromServer: mergeByName(
      rows.map(({ event, row }) => ({
        name: row.event,
        title: `${row.event}: ${event}`,
        payload: serverSchema(event, row),
      })),
    ),
  };
}

const contractsOf = (dialect: string) => {
  const names = clientContract.options
    .filter((contract) => dialectOf(contract) === dialect)
    .map((contract) => `\`${contract}\``);
  return names.length === 1 ? `the contract ${names}` : `the contracts ${names.join(' and ')}`;
};

/** Several canonical events may share a name in a dialect. */
function mergeByName(messages: readonly Message[]): Message[] {
  const merged = new Map<string, Message>();
  for (const message of messages) {
    const known = merged.get(message.name);
    if (!known) merged.set(message.name, message);
    else
      merged.set(message.name, {
        ...known,
        payload: { anyOf: [...((known.payload.anyOf as unknown[]) ?? [known.payload]), message.payload] },
      });
  }
  return [...merged.values()];
}

function notificationsChannel(): Channel {
  const rows = Object.entries(notificationsRows) as [ServerEvent, ServerRow][];
  return {
    id: 'notifications',
    address: '/notifications',
    title: 'The Socket.IO namespace /notifications',
    description:
      'Carries new, updated and removed notifications only; clients emit nothing here. ' +
      'A client with a bad token receives the event `error` and is disconnected.',
    server: 'socketIo',
    fromClients: [],
    fromServer: [
      {
        name: 'notifications:connected',
        title: 'notifications:connected',
        payload: { type: 'object', properties: { status: { const: 'connected' } }, required: ['status'] },
      },
      ...rows.map(([event, row]) => ({
        name: row.event,
        title: row.event,
        payload: serverSchema(event, row),
      })),
    ],
  };
}

/** The events of all dialects, in frames. */
function webSocketChannel(others: readonly Channel[]): Channel {
  const names = (side: 'fromClients' | 'fromServer') => [
    ...new Set(others.flatMap((channel) => channel[side].map(({ name }) => name))),
  ];
  const id = { type: ['string', 'number'], maxLength: 100 };
  const frame = (events: string[], more: JsonSchema): JsonSchema => ({
    type: 'object',
    required: ['event'],
    properties: {
      event: { type: 'string', enum: events },
      data: { description: 'The payload of that event, as in the channel of its dialect.' },
      ...more,
    },
  });
  return {
    id: 'webSocket',
    address: '/ws',
    title: 'Plain WebSocket, at / and /ws',
    description:
      'JSON frames with the events of any dialect. Send the token in the header ' +
      '`Authorization: Bearer`, as `?token=`, or as the sub-protocols `bearer, <token>`.',
    server: 'webSocket',
    fromClients: [
      {
        name: 'frame',
        title: 'An event, answered if it has an `id`',
        payload: frame(names('fromClients'), { id }),
      },
    ],
    fromServer: [
      { name: 'frame', title: 'An event', payload: frame(names('fromServer'), {}) },
      {
        name: 'answer',
        title: 'The answer to a frame with an `id`',
        payload: {
          type: 'object',
          required: ['id', 'ok'],
          properties: {
            id,
            ok: { type: 'boolean' },
            data: {},
            error: schemaOf(serverEvents.error, 'output'),
          },
        },
      },
    ],
  };
}

/**
 * Generates the AsyncAPI 3 document from the schemas and the tables of the dialects.
 * @param publicPath the prefix of every path at the public address
 */
export function asyncApiDocument(version: string, publicPath = ''): object {
  const inDialect = [
    canonicalChannel(),
    ...Object.entries(tables).map(([dialect, table]) => dialectChannel(dialect, table)),
  ];
  const channels = [...inDialect, webSocketChannel(inDialect), notificationsChannel()];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Parley',
      version,
      description:
        'Rooms, messages and presence in real time. Over Socket.IO, every event takes an optional ' +
        'acknowledgement: `{ok: true, data}` or `{ok: false, error: {code, message, retryable}}`.',
    },
    defaultContentType: 'application/json',
    servers: {
      socketIo: {
        host: '{host}',
        pathname: `${publicPath}/socket.io/`,
        protocol: 'ws',
        variables: host,
        security: [bearer],
        description: 'Socket.IO, with the token in `auth.token`',
      },
      webSocket: {
        host: '{host}',
        ...(publicPath && { pathname: publicPath }),
        protocol: 'ws',
        variables: host,
        security: [bearer],
        description: 'Plain WebSocket',
      },
    },
    channels: Object.fromEntries(channels.map((channel) => [channel.id, describeChannel(channel)])),
    operations: Object.fromEntries(channels.flatMap(describeOperations)),
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  };
}

const host = { host: { default: 'localhost:3000', description: 'The public address' } };
const bearer = { $ref: '#/components/securitySchemes/bearer' };

const keyOf = (side: 'client' | 'server', { name }: Message) => `${side}.${name.replace(/[^\w.-]/g, '-')}`;

function describeChannel({ address, title, description, server, fromClients, fromServer }: Channel): object {
  const messages = [
    ...fromClients.map((message) => ['client', message] as const),
    ...fromServer.map((message) => ['server', message] as const),
  ];
  return {
    address,
    title,
    description,
    servers: [{ $ref: `#/servers/${server}` }],
    messages: Object.fromEntries(messages.map(([side, message]) => [keyOf(side, message), message])),
  };
}

function describeOperations({ id, fromClients, fromServer }: Channel): [string, object][] {
  const operation = (
    action: 'receive' | 'send',
    side: 'client' | 'server',
    messages: Message[],
  ): [string, object][] =>
    messages.length === 0
      ? []
      : [
          [
            `${id}.${action}`,
            {
              action,
              channel: { $ref: `#/channels/${id}` },
              messages: messages.map((message) => ({
                $ref: `#/channels/${id}/messages/${keyOf(side, message)}`,
              })),
            },
          ],
        ];
  return [...operation('receive', 'client', fromClients), ...operation('send', 'server', fromServer)];
}
