import { describe } from 'vitest';
import { startStackTarget } from '../whole-stack/start-targets.ts';
import { clientSettings, clientSuites } from './client-suites.ts';
import { onTarget } from './on-target.ts';

describe('published kinds of client, on two gateways behind a balancer that sends each request to the next', () => {
  clientSuites(onTarget(() => startStackTarget(clientSettings)));
});
