import type { Context } from './context.ts';
import { nowOf } from './context.ts';
import { isSuccess, sendSigned } from './send-signed.ts';
import { requireHook } from './view-hooks.ts';

export interface TestResult {
  ok: boolean;
  status: number | null;
  problem: string | null;
  durationMs: number;
}

/** Sends a test, which moves no cursor and does not count as an attempt. */
export async function testHook(context: Context, ownerId: string, hookId: string): Promise<TestResult> {
  const hook = await requireHook(context, ownerId, hookId);
  const body = JSON.stringify({ type: 'test', timestamp: nowOf(context).toISOString(), data: { hookId } });
  const sent = await sendSigned(context, hook, { id: `test:${context.newId()}`, body });
  const { status, problem, durationMs } = sent;
  return { ok: isSuccess(sent), status, problem, durationMs };
}
