import type { z } from 'zod';

/** A call between services: its method on the bus, its input and its output. */
interface CallDefinition<I extends z.ZodType, O extends z.ZodType> {
  method: string;
  input: I;
  output: O;
}

export const call = <I extends z.ZodType, O extends z.ZodType>(
  method: string,
  input: I,
  output: O,
): CallDefinition<I, O> => ({
  method,
  input,
  output,
});
