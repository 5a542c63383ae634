import { Parser } from '@asyncapi/parser';
import { clientEvents, serverEvents } from '@parley/contracts';
import { describe, expect, it } from 'vitest';
import { asyncApiDocument } from './async-api.ts';
import { tables } from './translator.ts';

interface Message {
  name: string;
  payload: Record<string, unknown>;
}
interface Document {
  asyncapi: string;
  servers: Record<string, unknown>;
  channels: Record<
    string,
    { address: string; servers: { $ref: string }[]; messages: Record<string, Message> }
  >;
  operations: Record<
    string,
    { action: 'send' | 'receive'; channel: { $ref: string }; messages: { $ref: string }[] }
  >;
}

const document = JSON.parse(JSON.stringify(asyncApiDocument('1.0.0'))) as Document;

const resolve = (reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], document);

/** The names of the messages of a channel's operation. */
const names = (channel: string, action: 'send' | 'receive') =>
  (document.operations[`${channel}.${action}`]?.messages ?? [])
    .map(({ $ref }) => (resolve($ref) as Message).name)
    .sort();

describe('the AsyncAPI document', () => {
  it('lists exactly the canonical events', () => {
    expect(names('canonical', 'receive')).toEqual(Object.keys(clientEvents).sort());
    expect(names('canonical', 'send')).toEqual(Object.keys(serverEvents).sort());
  });

  it.each([
    ['camelCase', tables.camelCase],
    ['kebabCase', tables['kebab-case']],
  ] as const)('lists exactly the events that %s clients send and receive', (channel, { client, server }) => {
    expect(names(channel, 'receive')).toEqual(Object.keys(client).sort());
    const translated = Object.values(server).flatMap((rows) => rows.map(({ event }) => event));
    expect(names(channel, 'send')).toEqual([...new Set(translated)].sort());
  });

  it('describes the notifications namespace, and frames with the events of all dialects', () => {
    expect(names('notifications', 'send')).toEqual([
      'error',
      'notification',
      'notification_removed',
      'notification_updated',
      'notifications:connected',
    ]);
    expect(names('notifications', 'receive')).toEqual([]);
    const frame = document.channels.webSocket?.messages['client.frame']?.payload as {
      properties: { event: { enum: string[] } };
    };
    const all = ['canonical', 'camelCase', 'kebabCase'].flatMap((channel) => names(channel, 'receive'));
    expect([...frame.properties.event.enum].sort()).toEqual([...new Set(all)].sort());
  });

  it('has no dangling references, and uses every message in an operation', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, reference = '']) => reference,
    );
    expect(references.length).toBeGreaterThan(50);
    expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([]);
    const used = new Set(
      Object.values(document.operations).flatMap(({ messages }) => messages.map(({ $ref }) => $ref)),
    );
    const all = Object.entries(document.channels).flatMap(([id, { messages }]) =>
      Object.keys(messages).map((key) => `#/channels/${id}/messages/${key}`),
    );
    expect([...used].sort()).toEqual(all.sort());
  });

  it('describes every payload', () => {
    for (const [id, { messages }] of Object.entries(document.channels)) {
      for (const { name, payload } of Object.values(messages)) {
        const properties = Object.values((payload.properties ?? {}) as Record<string, object>);
        expect([id, name, 'type' in payload || 'anyOf' in payload]).toEqual([id, name, true]);
        if (id !== 'webSocket')
          expect([id, name, properties.filter((one) => Object.keys(one).length === 0)]).toEqual([
            id,
            name,
            [],
          ]);
      }
    }
  });

  it('is a valid AsyncAPI 3 document', async () => {
    const problems = await new Parser().validate(JSON.stringify(document));
    const errors = problems
      .filter(({ severity }) => severity === 0)
      .map(({ message, path }) => `${path.join('/')}: ${message}`);
    expect(errors).toEqual([]);
    expect(document.asyncapi).toMatch(/^3\./);
  });
});
