import { describe } from 'vitest';
import { startEmbeddedTarget } from '../whole-stack/start-targets.ts';
import { clientSettings, clientSuites } from './client-suites.ts';
import { onTarget } from './on-target.ts';

describe('published kinds of client, on the embedded start', () => {
  clientSuites(onTarget(() => startEmbeddedTarget({ env: clientSettings })));
});
