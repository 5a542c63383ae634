import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChatUser, emit, type Received } from '../whole-stack/chat-user.ts';
import { type StackTarget, startStackTarget } from '../whole-stack/start-targets.ts';
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from './trace-receiver.ts';

let receiver: TraceReceiver;
let target: StackTarget;
let ada: ChatUser;
let bob: ChatUser;
beforeAll(async () => {
  receiver = await startTraceReceiver();
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
  target = await startStackTarget(env, ['--messages', '1']);
  [ada, bob] = await Promise.all([
    ChatUser.register(target.url, 'ada'),
    ChatUser.register(target.url, 'bob'),
  ]);
});
afterAll(async () => {
  await target?.stop();
  await receiver?.close();
});

const room = async (): Promise<string> => {
  const { id } = await ada.must('POST', '/api/v1/rooms', {
    name: 'a room',
    isPrivate: true,
    members: [bob.userId],
  });
  return id;
};
const isPartOf = (roomId: string) => (span: ReceivedSpan) => span.attributes['parley.room.id'] === roomId;
const named = (name: string) => (span: ReceivedSpan) => span.name === name;

function only(spans: ReceivedSpan[], name: string): ReceivedSpan {
  const found = spans.filter(named(name));
  if (found.length !== 1 || !found[0])
    throw new Error(`${found.length} of ${name} among ${spans.map((span) => span.name).join(', ')}`);
  return found[0];
}

/** Sends at one gateway and receives at the other. */
async function converse(roomId: string, contents: string[]): Promise<void> {
  const [sender, listener] = await Promise.all([
    ada.connect(target.gateways[0]),
    bob.connect(target.gateways[1]),
  ]);
  const received: Received[] = [];
  listener.on('receive_message', (message: Received) => received.push(message));
  await emit(listener, 'join_room', { roomId });
  await Promise.all(contents.map((content) => emit(sender, 'send_message', { roomId, content })));
  await eventually(() => expect(received.map(({ content }) => content).sort()).toEqual([...contents].sort()));
  sender.disconnect();
  listener.disconnect();
}

describe('tracing', () => {
  test('a message is one trace from one gateway to the other, each step the child of the last', async () => {
    const roomId = await room();
    await converse(roomId, ['hello']);
    const spans = await eventually(() => {
      const ours = receiver.spans.filter(isPartOf(roomId));
      const delivered = only(ours, 'deliver message.created');
      const trace = receiver.spans.filter(({ traceId }) => traceId === delivered.traceId);
      only(trace, 'send_message');
      only(trace, 'append');
      only(trace, 'publish timeline');
      // Each process sends its own spans; every parent is among them.
      const ids = new Set(trace.map(({ spanId }) => spanId));
      expect(
        trace
          .filter(({ parentSpanId }) => parentSpanId !== undefined && !ids.has(parentSpanId))
          .map(({ name }) => name),
      ).toEqual([]);
      return trace;
    });
    const steps = ['send_message', 'store send', 'deliver message.created'].map((name) => only(spans, name));
    const [sent, stored, delivered] = steps;
    expect(sent?.parentSpanId).toBeUndefined();
    for (const [index, step] of steps.slice(1).entries())
      expect(step.parentSpanId).toBe(steps[index]?.spanId);
    expect(steps.map(({ service }) => service)).toEqual(['gateway', 'messages', 'gateway']);
    expect(delivered?.instance).not.toBe(sent?.instance);

    // The writer's batch: one statement, one event.
    const batch = only(spans, 'consume submissions');
    expect(batch.parentSpanId).toBe(sent?.spanId);
    expect(stored?.links).toContainEqual(
      expect.objectContaining({ traceId: batch.traceId, spanId: batch.spanId }),
    );
    expect(only(spans, 'append')).toMatchObject({ parentSpanId: batch.spanId, service: 'messages' });
    expect(only(spans, 'publish timeline')).toMatchObject({ parentSpanId: stored?.spanId });
    expect(JSON.stringify(spans)).not.toContain('hello');
  });

  test('messages written together keep their own traces; their batch links to each of them', async () => {
    const roomId = await room();
    const contents = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    await converse(roomId, contents);
    const delivered = await eventually(() => {
      const found = receiver.spans.filter(isPartOf(roomId)).filter(named('deliver message.created'));
      expect(found).toHaveLength(contents.length);
      return found;
    });
    expect(new Set(delivered.map(({ traceId }) => traceId)).size).toBe(contents.length);
    const linked = await eventually(() => {
      const batches = receiver.spans
        .filter(named('consume submissions'))
        .flatMap(({ links }) => links.map(({ traceId }) => traceId));
      expect(batches.length).toBeGreaterThan(0);
      return new Set(batches);
    });
    const single = new Set(receiver.spans.filter(named('consume submissions')).map(({ traceId }) => traceId));
    for (const { traceId } of delivered) expect(linked.has(traceId) || single.has(traceId)).toBe(true);
    expect(delivered.filter(({ traceId }) => linked.has(traceId)).length).toBeGreaterThan(1);
  });

  test("a request continues its caller's trace, through calls and events to other services", async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const answer = await fetch(`${target.url}/api/v1/friend-requests`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${ada.token}`,
        'content-type': 'application/json',
        traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      },
      body: JSON.stringify({ userId: bob.userId }),
    });
    expect(answer.status).toBe(201);
    await eventually(() => {
      const spans = receiver.spans.filter((span) => span.traceId === traceId);
      const request = only(spans, 'POST /api/v1/friend-requests');
      expect(request).toMatchObject({ parentSpanId: '00f067aa0ba902b7', service: 'directory' });
      expect(request.attributes).toMatchObject({
        'http.response.status_code': 201,
        'parley.request.id': answer.headers.get('x-request-id'),
      });
      const publication = only(spans, 'publish directory');
      expect(publication.parentSpanId).toBe(request.spanId);
      expect(
        spans.some(({ name, service }) => name === 'consume directory' && service === 'notifications'),
      ).toBe(true);
    });
  });

  test('a refusal is recorded by its code and not as a server error', async () => {
    const socket = await ada.connect(target.gateways[0]);
    await expect(emit(socket, 'send_message', { roomId: bob.userId, content: 'hello' })).rejects.toThrow(
      'room_not_found',
    );
    socket.disconnect();
    await eventually(() => {
      const refused = receiver.spans
        .filter(({ attributes }) => attributes['error.type'] === 'room_not_found')
        .find(named('send_message'));
      expect(refused?.status.code ?? 0).toBe(0);
    });
  });
});
