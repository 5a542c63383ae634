import { AppError } from '@parley/errors';
import { Gatherer } from '@parley/runtime';

/** The limit of the calls' contracts. */
const limits = { maxKeys: 50, maxInFlight: 2 };

/**
 * Asks the directory about users. Those who connect at the same time share a question, because a
 * question costs more than its answer.
 * @param alone the call of the last release, for a directory that does not answer `together` yet;
 *   to be removed in the next release
 */
export const userQuestions = <Answer extends { userId: string }>(
  together: (userIds: string[]) => Promise<{ users: Answer[] }>,
  alone: (userId: string) => Promise<Omit<Answer, 'userId'>>,
): Gatherer<string, Omit<Answer, 'userId'>> =>
  new Gatherer(async (userIds: string[]): Promise<Map<string, Omit<Answer, 'userId'>>> => {
    try {
      const { users } = await together(userIds);
      return new Map(users.map((user) => [user.userId, user]));
    } catch (error) {
      if (AppError.from(error).code !== 'unavailable') throw error;
      const answers = await Promise.all(userIds.map(alone));
      return new Map(answers.map((answer, index) => [userIds[index] ?? '', answer]));
    }
  }, limits);
