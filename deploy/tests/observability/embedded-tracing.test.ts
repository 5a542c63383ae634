import { eventually } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatUser, emit } from '../whole-stack/chat-user.ts';
import { type EmbeddedTarget, startEmbeddedTarget } from '../whole-stack/start-targets.ts';
import { startTraceReceiver, type TraceReceiver } from './trace-receiver.ts';

let receiver: TraceReceiver;
let target: EmbeddedTarget;
beforeAll(async () => {
  receiver = await startTraceReceiver();
  target = await startEmbeddedTarget({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
  });
});
afterAll(async () => {
  await target?.stop();
  await receiver?.close();
});

test('the embedded start traces like the stack, and sends pending spans when it stops', async () => {
  const ada = await ChatUser.register(target.url, 'ada');
  const { id: roomId } = await ada.must('POST', '/api/v1/rooms', { name: 'a room' });
  const socket = await ada.connect(target.url);
  await emit(socket, 'join_room', { roomId });
  const received = new Promise((hear) => socket.once('receive_message', hear));
  await emit(socket, 'send_message', { roomId, content: 'hello' });
  await received;
  ada.close();
  await target.stop();
  const names = ['send_message', 'store send', 'append', 'deliver message.created'];
  await eventually(() => {
    const sent = receiver.spans.find(({ name }) => name === 'send_message');
    const trace = receiver.spans.filter(({ traceId }) => traceId === sent?.traceId);
    expect(trace.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
  });
});
