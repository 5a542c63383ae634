import { conversationSuite } from './conversation-suite.ts';
import { borrowEmbeddedTarget } from './start-targets.ts';

conversationSuite('the embedded start', () => borrowEmbeddedTarget());
