export { batchedNms, NMS_DIALECTS, type NmsDialect } from './batched-nms.ts';
export { type DemoDetections, demoMulticlassNms, demoNms } from './demo-nms.ts';
export { nms } from './nms.ts';
export { type PostprocessOptions, postprocess } from './postprocess.ts';
export { restoreDetections } from './restore.ts';
export { type Candidates, scoreFilter } from './score-filter.ts';
export { toCocoResults } from './to-coco-results.ts';
