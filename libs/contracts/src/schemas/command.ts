import { z } from 'zod';
import { id } from './common.ts';

/** The answer to a command for the author of its message alone. */
export const commandAnswer = z.object({
  roomId: id,
  messageId: id.meta({ description: 'the message that began with the command' }),
  word: z.string().meta({ description: 'without the slash' }),
  text: z.string().nullable().meta({ description: 'null: there is a problem' }),
  problem: z
    .enum(['timeout', 'unavailable'])
    .nullable()
    .meta({ description: '`timeout`: no answer within three seconds. `unavailable`: no usable answer' }),
});
export type CommandAnswer = z.output<typeof commandAnswer>;
