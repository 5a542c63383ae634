import { temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChatUser } from '../whole-stack/chat-user.ts';
import { type EmbeddedTarget, startEmbeddedTarget } from '../whole-stack/start-targets.ts';

// Every limit that would end a flood early is off, so that only the hasher protects the bystander.
const env = {
  BCRYPT_COST: '8',
  PASSWORD_RATE: 'off',
  REGISTER_RATE: 'off',
  LOGIN_RATE: 'off',
  API_RATE: 'off',
};

let target: EmbeddedTarget;
let bystander: ChatUser;
beforeAll(async () => {
  target = await startEmbeddedTarget({ dataDir: temporaryFolder(), env });
  bystander = await ChatUser.register(target.url, 'bystander');
});
afterAll(() => target?.stop());

const floodSize = 150;
const logins = 3;

/** How long the bystander waits for a login, at worst. */
async function slowestLoginMs(): Promise<number> {
  const waits: number[] = [];
  for (let count = 0; count < logins; count++) {
    const startedAt = performance.now();
    await bystander.login(target.url);
    waits.push(performance.now() - startedAt);
  }
  return Math.max(...waits);
}

const floods: [string, () => Promise<(index: number) => Promise<unknown>>][] = [
  [
    'password changes by one user',
    async () => {
      const attacker = await ChatUser.register(target.url, 'attacker');
      return () => attacker.call('PUT', '/user/update-password', { password: 'battery staple' });
    },
  ],
  [
    'registrations',
    async () => (index) =>
      bystander.call('POST', '/api/v1/auth/register', {
        email: `${index}@example.org`,
        password: 'battery staple',
      }),
  ],
];

test.each(floods)('150 %s at once delay the login of a bystander little', async (name, prepare) => {
  const undisturbedMs = await slowestLoginMs();
  const request = await prepare();
  let answered = 0;
  const flood = Array.from({ length: floodSize }, (_, index) =>
    request(index).finally(() => {
      answered++;
    }),
  );
  const disturbedMs = await slowestLoginMs();
  const answeredMeanwhile = answered;
  await Promise.all(flood);
  console.log(
    `${name}: a bystander waited ${Math.round(disturbedMs)} ms, undisturbed ${Math.round(undisturbedMs)} ms`,
  );
  // The flood alone takes longer: most of it is answered after the bystander.
  expect(answeredMeanwhile).toBeLessThan(floodSize / 2);
  expect(disturbedMs).toBeLessThan(20 * undisturbedMs + 2_000);
});
