import { randomBytes } from 'node:crypto';
import type { StackState } from '../../stack/start-stack.ts';
import { ParleyTimeline } from '../stores/parley-timeline.ts';
import { keepPeople } from './keep-people.ts';
import { limitsHigh } from './limits-high.ts';
import { historyPage, makeRoom, messagesSince } from './parley-rest.ts';
import { readyLine, startProgram } from './program.ts';
import { registerCheaply } from './register-cheaply.ts';
import { call } from './rest.ts';
import type { ServerUrls, Target, TargetName } from './target.ts';

/** The stack of `npm run stack` in production mode, with limits too high to reach. */
export async function startParleyStack(
  name: TargetName,
  gateways: number,
  servers?: ServerUrls,
): Promise<Target> {
  const env = {
    ...limitsHigh,
    SIGNING_SECRET: randomBytes(32).toString('hex'),
    HOOKS_SECRET: randomBytes(32).toString('hex'),
    ...(servers && { ...servers, NAMESPACE: `bench-${randomBytes(4).toString('hex')}` }),
  };
  const stack = await startProgram('stack', {
    args: ['--gateways', String(gateways), '--json', ...(servers ? ['--external-servers'] : [])],
    env,
    ready: readyLine,
  });
  const state: StackState = JSON.parse(stack.ready[0]);
  const { url } = state;
  const timeline = new ParleyTimeline(state.postgres);
  return {
    name,
    sockets: state.gateways,
    acks: true,
    numbered: true,
    holder: 'gateway',
    people: keepPeople((count) => registerCheaply(state, env, count)),
    room: (members) => makeRoom(url, members),
    parts: async () => ({
      ...(await call<StackState>('', 'GET', `${url}/__stack`)).pids,
      balancer: [stack.group.pid],
    }),
    count: (rooms) => timeline.count(rooms.map(({ id }) => id)),
    archive: {
      fill: (roomId, { userId }, count) => timeline.fill(roomId, userId, count),
      page: (roomId, reader, before) => historyPage(url, roomId, reader, before),
      missed: (roomId, reader, after) => messagesSince(url, roomId, reader, after),
    },
    async stop() {
      await timeline.close();
      await stack.stop();
    },
  };
}
