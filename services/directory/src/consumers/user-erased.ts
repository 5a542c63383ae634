import type { EventOf } from '@parley/contracts';
import type { Context } from '../usecases/context.ts';
import { erasePerson } from '../usecases/erase-person.ts';

export const userErased = (context: Context, { data }: EventOf<'user.erased'>): Promise<void> =>
  erasePerson(context, data.userId);
