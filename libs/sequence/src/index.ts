export { type Answer, type Numbered, type Query, SequenceBuffer } from './sequence-buffer.ts';
