import { createInterface } from 'node:readline';

/** Prints one event as a line of JSON. */
export function print(event, data = null) {
  process.stdout.write(`${JSON.stringify({ event, data })}\n`);
}

/** Calls `take` with each line that the user types. */
export function readLines(take) {
  createInterface({ input: process.stdin }).on('line', take);
}

/**
 * Runs the user's actions. Each line on stdin is `[number, "action", argument…]`.
 * Prints `result` with the same number, and with the value or the error.
 */
export function takeActions(actions) {
  readLines(async (line) => {
    const [number, action, ...args] = JSON.parse(line);
    try {
      print('result', { number, value: (await actions[action](...args)) ?? null });
    } catch (error) {
      print('result', { number, error: error.message });
    }
  });
}

/** The claims that a client reads without verifying the token. */
export const decode = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
