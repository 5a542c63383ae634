import { existsSync } from 'node:fs';
import { temporaryFolder } from '@parley/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstConversation, readme } from './readme-conversation.ts';
import { type EmbeddedTarget, startEmbeddedTarget } from './whole-stack/start-targets.ts';

const root = new URL('../../', import.meta.url);

describe('the README', () => {
  let target: EmbeddedTarget;
  beforeAll(async () => {
    // As `npm start` is: with every default, limits included.
    target = await startEmbeddedTarget({
      dataDir: temporaryFolder(),
      env: { MESSAGE_RATE: '', BCRYPT_COST: '', LOGIN_RATE: '', API_RATE: '', NODE_ENV: '' },
    });
  });
  afterAll(() => target?.stop());

  test('its first conversation works as printed, by curl and by Socket.IO', () => firstConversation(target.url));

  test('it is short, and every link in it leads somewhere', () => {
    expect(readme.split('\n').length).toBeLessThan(150);
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].flatMap(([, path = '']) => (path.startsWith('http') ? [] : [path]));
    expect(links.length).toBeGreaterThan(20);
    expect(links.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });
});
