import type { Hook } from '@parley/contracts';
import { systemClock } from '@parley/runtime';
import { createTestAuth, createTestDatabase } from '@parley/testkit';
import { type Answer, bootService, memoryBus } from '@parley/testkit/boot-service';
import { createService, hooksConfig } from '../src/service.ts';
import { Receiver } from './receiver.ts';
import { type Person, World } from './world.ts';

/**
 * The service as production composes it, on a real database, with a real receiver; the test plays
 * the other services.
 */
export async function startHooks(env: Record<string, string> = {}) {
  const bus = memoryBus();
  const database = await createTestDatabase();
  let aheadMs = 0;
  const clock = () => systemClock() + aheadMs;
  const auth = await createTestAuth(bus, { clock });
  const world = new World(bus, clock);
  await world.answer();
  const receiver = await new Receiver().start();
  const boot = (changed: Record<string, string> = {}) =>
    bootService(
      { config: hooksConfig, createService },
      {
        env: {
          DATABASE_URL: database.url,
          HOOKS_SECRET: 'the secret of webhooks with more than 32 characters',
          EGRESS_ALLOW: '127.0.0.1',
          EGRESS_PORTS: `${receiver.port}`,
          HOOK_TIMEOUT: '500ms',
          HOOK_SWEEP: '1h',
          ...env,
          ...changed,
        },
        bus,
        clock,
      },
    );
  const services = [await boot()];
  const call = (who: Person, method: string, path: string, body?: unknown): Promise<Answer> => {
    const [service] = services;
    if (!service) throw new Error('no service');
    return service.call(method, `/api/v1/hooks${path}`, { token: auth.token(who), body });
  };
  const must = async (who: Person, method: string, path: string, body?: unknown) => {
    const answer = await call(who, method, path, body);
    if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const post = (token: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const [service] = services;
    if (!service) throw new Error('no service');
    return service.call('POST', `/api/v1/hooks/in/${token}`, { body, headers });
  };
  return {
    bus,
    /** By an incoming webhook. */
    post,
    world,
    receiver,
    call,
    must,
    databaseUrl: database.url,
    create: async (
      who: Person,
      path: string,
      body: Record<string, unknown>,
    ): Promise<{ hook: Hook; secret: string }> => must(who, 'POST', '', { url: receiver.url(path), ...body }),
    hook: (who: Person, id: string): Promise<Hook> => must(who, 'GET', `/${id}`),
    /** Another replica. */
    addReplica: async () => {
      const replica = await boot();
      services.push(replica);
      return replica;
    },
    /** Stops all replicas, and starts one with other settings. */
    restart: async (changed: Record<string, string>) => {
      await Promise.all(services.splice(0).map((service) => service.stop()));
      services.push(await boot(changed));
    },
    /** Lets time pass for every replica. */
    pass: (ms: number) => {
      aheadMs += ms;
    },
    stop: async () => {
      await Promise.all(services.map((service) => service.stop()));
      await receiver.stop();
      await bus.close();
      await database.drop();
    },
  };
}

export type Hooks = Awaited<ReturnType<typeof startHooks>>;
