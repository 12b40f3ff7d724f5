export { cacheFolder } from './cache-folder.ts';
export { checkResults } from './check-results.ts';
export { type ClassMap, createClassMap } from './class-map.ts';
export { COCO_CLASS_NAMES } from './coco-class-names.ts';
export {
  parseGroundTruth,
  parseResults,
  readGroundTruth,
  readGroundTruthFile,
  readResults,
} from './coco-json.ts';
export { DatasetError } from './dataset-error.ts';
export { checkGroundTruth, type HealthCode, type HealthFinding } from './health-check.ts';
export { type ReadImageOptions, readImage, readImageSize, toSharp } from './image.ts';
export { readImageList } from './image-list.ts';
export { type Dataset, type DatasetSample, type DatasetSelection, loadDataset } from './load-dataset.ts';
export { type DatasetLocation, type DatasetSource, locateDataset } from './locate-dataset.ts';
export { SAMPLE_MODEL } from './sample/sample-model.ts';
export { sampleWeightsPath } from './sample/sample-weights.ts';
export {
  drawScene,
  isScenesName,
  LARGEST_SCENE_SEED,
  parseScenesName,
  SCENE_CATEGORIES,
  type Scene,
  type SceneAnnotation,
  type SceneCategory,
  type ScenesName,
  scenesFolder,
} from './scenes/index.ts';
export { type SubsetSelection, selectSubset } from './subset.ts';
