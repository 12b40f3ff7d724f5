/**
 * What the right answer is: pure numerics, numbers in and numbers out, usable from any TypeScript program and in a
 * browser. Each room below is a folder; its own `index.ts` says what it offers.
 */
export * from './boxes.ts';
export * from './compare/index.ts';
export * from './decode/index.ts';
export * from './detections.ts';
export * from './device/index.ts';
export * from './evaluate/index.ts';
export * from './functions/index.ts';
export * from './iou.ts';
export * from './lint/index.ts';
export * from './network/index.ts';
export * from './offline/index.ts';
export * from './postprocess/index.ts';
export * from './preprocess/index.ts';
export * from './quantize/index.ts';
export * from './random.ts';
export * from './statistics/index.ts';
export * from './tensor.ts';
export * from './tune/index.ts';
