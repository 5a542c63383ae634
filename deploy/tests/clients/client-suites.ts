import type { Target } from '../whole-stack/target.ts';
import { conversationsClients } from './conversations.ts';
import { directClients } from './direct.ts';
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

const suites = [
  ...[directClients, conversationsClients, groupsClients, organizationsClients, roomsClients],
  ...[directExamples, conversationsExamples, groupsExamples, organizationsExamples, roomsExamples],
];

/** For every contract: clients of the kinds published for it, and the examples of its document. */
export function clientSuites(target: () => Target): void {
  for (const define of suites) define(target);
}
