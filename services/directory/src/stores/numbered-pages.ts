export { readNumberedPage } from '@parley/database';
