const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * PostgreSQL's temporary failures: connection exceptions (08), insufficient resources (53),
 * operator intervention (57).
 */
const postgresClasses = /^(08|53|57)[0-9A-Z]{3}$/;

/** Lost serialization and lock races: the same statement may succeed a moment later. */
const postgresRaces = new Set(['40001', '40P01', '55P03', '25006']);

/**
 * Whether a driver's error means that the dependency is unreachable or overloaded, rather than that
 * the request was wrong.
 */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (socketCodes.has(code) || postgresClasses.test(code) || postgresRaces.has(code)) return true;
  if (error.name === 'KnexTimeoutError') return true;
  if (error instanceof AggregateError) return error.errors.some(isOutage);
  return /Connection terminated|timeout expired|Client has encountered a connection error/.test(
    error.message,
  );
}
