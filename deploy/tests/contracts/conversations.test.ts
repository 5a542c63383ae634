import { conversationsCast } from './conversations-cast.ts';
import { conversationsLive } from './conversations-live.ts';
import { conversationsPeople } from './conversations-people.ts';
import { conversationsRest } from './conversations-rest.ts';
import { onBothTargets } from './on-both-targets.ts';

onBothTargets('conversations', (target) => {
  const cast = conversationsCast(target);
  conversationsRest(cast);
  conversationsLive(cast);
  conversationsPeople(cast);
});
