import type { Target } from '../whole-stack/target.ts';
import { conversationsClients } from './conversations.ts';
import { directClients } from './direct.ts';
import { groupsClients } from './groups.ts';
import { organizationsClients } from './organizations.ts';
import { roomsClients } from './rooms.ts';

/** The defaults that clients notice, and the settings that the documents' examples need. */
export const clientSettings = { MESSAGE_RATE: '5/10s', PASSWORD_MIN_LENGTH: '6', ORG_JOIN_POLICY: 'open' };

/** Client programs of every contract, of the kinds that are published for it. */
export function clientSuites(target: () => Target): void {
  directClients(target);
  conversationsClients(target);
  groupsClients(target);
  organizationsClients(target);
  roomsClients(target);
}
