import { conversationsCast } from './conversations-cast.ts';
import { conversationsInbox } from './conversations-inbox.ts';
import { conversationsLists } from './conversations-lists.ts';
import { conversationsLive } from './conversations-live.ts';
import { conversationsMessages } from './conversations-messages.ts';
import { conversationsPeople } from './conversations-people.ts';
import { conversationsRest } from './conversations-rest.ts';
import { onBothTargets, onStack } from './on-both-targets.ts';

onStack('conversations', (target) => {
  const cast = conversationsCast(target);
  conversationsRest(cast);
  conversationsMessages(cast);
  conversationsInbox(cast);
  conversationsLists(cast);
  conversationsPeople(cast);
});

onBothTargets('conversations: events', (target) => conversationsLive(conversationsCast(target)));
