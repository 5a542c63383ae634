import type { DeadLetter, DeadLetters } from '../bus.ts';

/** @param put adds the event to its partition again, for this group alone */
export function memoryDeadLetters(letters: DeadLetter[], put: (letter: DeadLetter) => void): DeadLetters {
  return {
    count: async () => letters.length,
    peek: async (limit) => structuredClone(letters.slice(0, limit)),
    requeue: async (limit) => {
      const again = letters.splice(0, limit);
      for (const letter of again) put(letter);
      return again.length;
    },
  };
}
