import { AppError, type ErrorCode } from '@parley/errors';
import { expect, test } from 'vitest';
import { userQuestions } from './user-questions.ts';

function ask(failure?: ErrorCode) {
  const asked: (string | string[])[] = [];
  const questions = userQuestions(
    async (userIds) => {
      asked.push(userIds);
      if (failure) throw new AppError(failure);
      return { users: userIds.map((userId) => ({ userId, name: userId })) };
    },
    async (userId) => {
      asked.push(userId);
      return { name: userId };
    },
  );
  return { asked, answers: Promise.all([questions.get('ada'), questions.get('bob')]) };
}

test('users who connect at the same time share a question', async () => {
  const { asked, answers } = ask();
  expect(await answers).toMatchObject([{ name: 'ada' }, { name: 'bob' }]);
  expect(asked).toEqual([['ada', 'bob']]);
});

test('a directory of the last release is asked about each user alone', async () => {
  const { asked, answers } = ask('unavailable');
  expect(await answers).toMatchObject([{ name: 'ada' }, { name: 'bob' }]);
  expect(asked).toEqual([['ada', 'bob'], 'ada', 'bob']);
});

test('a directory that answers late is not asked again', async () => {
  const { asked, answers } = ask('timeout');
  await expect(answers).rejects.toMatchObject({ code: 'timeout' });
  expect(asked).toEqual([['ada', 'bob']]);
});
