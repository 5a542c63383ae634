import { expect, test } from 'vitest';
import type { z } from 'zod';
import { allOperations } from './index.ts';
import { pasteInto } from './pasted.ts';
import { walkthrough, walkthroughStep } from './walkthrough.ts';

const steps = Object.values(walkthrough).flatMap((section) => Object.keys(section.steps));

test('the walkthrough has every operation exactly once, and no others', () => {
  expect([...steps].sort()).toEqual(allOperations.map(({ id }) => id).sort());
});

test.each(allOperations.filter(({ body }) => body))('the example body of $id is valid', ({ id, body }) => {
  const example = pasteInto(walkthroughStep(id)?.step.body, ({ shown }) => shown);
  expect((body as z.ZodType).safeParse(example)).toMatchObject({ success: true });
});

test('path parameters come from earlier responses, or from a later section of the same path', () => {
  for (const { id, params } of allOperations) {
    const { step } = walkthroughStep(id) ?? expect.fail(id);
    for (const name of Object.keys((params as z.ZodObject | undefined)?.shape ?? {})) {
      const [source = ''] = step.params?.[name]?.from.split('.') ?? [];
      expect([id, name, steps.includes(source)]).toEqual([id, name, true]);
    }
  }
});
