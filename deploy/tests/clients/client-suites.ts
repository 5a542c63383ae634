import type { Target } from '../whole-stack/target.ts';
import { conversationsClients, conversationsSuite } from './conversations.ts';
import { directClients, directPython } from './direct.ts';
import { conversationsExamples } from './examples/conversations.ts';
import { directExamples } from './examples/direct.ts';
import { groupsExamples } from './examples/groups.ts';
import { organizationsExamples } from './examples/organizations.ts';
import { roomsExamples } from './examples/rooms.ts';
import { groupsClients } from './groups.ts';
import { organizationsClients } from './organizations.ts';
import { roomsClients } from './rooms.ts';

/** The defaults that clients depend on, and the settings that the documents' examples need. */
export const clientSettings = { MESSAGE_RATE: '5/10s', PASSWORD_MIN_LENGTH: '6', ORG_JOIN_POLICY: 'open' };

const clients = [
  ...[directClients, directPython, conversationsClients, conversationsSuite],
  ...[groupsClients, organizationsClients, roomsClients],
];
const examples = [
  directExamples,
  conversationsExamples,
  groupsExamples,
  organizationsExamples,
  roomsExamples,
];

/** For every contract: clients of the kinds and releases published for it. */
export function publishedClients(target: () => Target): void {
  for (const define of clients) define(target);
}

/**
 * For every contract: the examples of its document, with the newest release or a plain WebSocket.
 */
export function documentedExamples(target: () => Target): void {
  for (const define of examples) define(target);
}
