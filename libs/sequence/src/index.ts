export { type Query, SequenceBuffer } from './sequence-buffer.ts';
