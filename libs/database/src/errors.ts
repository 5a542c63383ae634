/** The PostgreSQL error codes that we handle. Source: PostgreSQL documentation, appendix A. */
const postgresCodes = {
  uniqueViolation: '23505',
  foreignKeyViolation: '23503',
  queryCanceled: '57014',
} as const;

interface PostgresError extends Error {
  code: string;
  constraint?: string;
}

const isPostgresError = (error: unknown): error is PostgresError =>
  error instanceof Error && 'code' in error && typeof error.code === 'string';

/** Whether a unique constraint was violated: the named one, or any. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  isPostgresError(error) &&
  error.code === postgresCodes.uniqueViolation &&
  (constraint === undefined || error.constraint === constraint);

/** Whether a statement took longer than `statementTimeoutMs`. */
export const isStatementTimeout = (error: unknown): boolean =>
  isPostgresError(error) && error.code === postgresCodes.queryCanceled;
