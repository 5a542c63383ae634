import { describe } from 'vitest';
import { onTarget } from '../whole-stack/on-target.ts';
import { startEmbeddedTarget } from '../whole-stack/start-targets.ts';
import { clientSettings, clientSuites } from './client-suites.ts';

describe('published kinds of client, on the embedded start', () => {
  clientSuites(onTarget(() => startEmbeddedTarget({ env: clientSettings })));
});
