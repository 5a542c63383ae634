export {
  AppError,
  type ErrorData,
  type FieldError,
  type FieldReason,
  fieldReasons,
  type LimitName,
  validationFailed,
} from './app-error.ts';
export {
  type ErrorCode,
  errorCodes,
  errorTable,
  isErrorCode,
} from './error-table.ts';
export { isOutage } from './outage.ts';
