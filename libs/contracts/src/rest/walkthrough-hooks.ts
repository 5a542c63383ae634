import { id, type Section, token } from './walkthrough-people.ts';

/** See `walkthrough`. */
export const hooksSections: Record<string, Section> = {
  hooks: {
    description: 'Webhooks: what happens in rooms, delivered to other systems.',
    params: {
      hookId: id('createHook.hook.id'),
      commandId: id('createCommand.id'),
      roomId: id('createRoom.id'),
      token: token('createIncomingHook.token'),
    },
    steps: {
      createHook: { body: { url: 'https://example.org/parley', rooms: [id('createRoom.id')] } },
      listHooks: {},
      getHook: {},
      updateHook: { body: { description: 'Copies the garden', events: ['message'] } },
      rotateHookSecret: { body: { expireOldInSeconds: 3_600 } },
      testHook: {},
      getHookLag: {},
      listHookDeliveries: {},
      resumeHook: { body: { from: [{ roomId: id('createRoom.id'), seq: 0 }] } },
      createIncomingHook: { body: { roomId: id('createRoom.id'), name: 'Weather' } },
      listIncomingHooks: {},
      postIncoming: { body: { text: 'Rain at noon.' } },
      deleteIncomingHook: { params: { hookId: id('createIncomingHook.hook.id') } },
      createCommand: { body: { roomId: id('createRoom.id'), word: 'weather', description: 'A forecast' } },
      listCommands: {},
      runCommand: {
        body: { roomId: id('createRoom.id'), text: '/weather tomorrow' },
        refused: { status: 503, because: 'the receiver of the example does not answer' },
      },
      deleteCommand: {},
      deleteHook: {},
    },
  },
};
