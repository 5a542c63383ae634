import { describe } from 'vitest';
import { onTarget } from '../whole-stack/on-target.ts';
import { startEmbeddedTarget } from '../whole-stack/start-targets.ts';
import { clientSettings, documentedExamples, publishedClients } from './client-suites.ts';

describe('published kinds of client, and the examples of the documents, on the embedded start', () => {
  const target = onTarget(() => startEmbeddedTarget({ env: clientSettings }));
  publishedClients(target);
  documentedExamples(target);
});
