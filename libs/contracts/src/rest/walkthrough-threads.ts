import { id, type Section } from './walkthrough-people.ts';

export const threads: Section = {
  description: 'Threads of replies within a room. A reply is sent with `threadRoot`.',
  params: { roomId: id('createRoom.id'), messageId: id('sendMessage.id') },
  steps: {
    getThread: {},
    followThread: {},
    readThread: { body: {} },
    listThreads: {},
    getUnreadThreads: {},
    readThreads: {},
    unfollowThread: {},
  },
};
