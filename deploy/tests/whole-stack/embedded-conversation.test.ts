import { conversationSuite } from './conversation-suite.ts';
import { startEmbeddedTarget } from './start-targets.ts';

conversationSuite('the embedded start', () => startEmbeddedTarget());
