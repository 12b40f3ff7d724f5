export { DatasetError } from './dataset-error.ts';
export { type ReadImageOptions, readImage, readImageSize, toSharp } from './image.ts';
