/** The categories of the generated scenes, with COCO's own ids; by ascending id, so that the position is the class index. */
export const SCENE_CATEGORIES = [
  { id: 10, name: 'traffic light', supercategory: 'outdoor' },
  { id: 13, name: 'stop sign', supercategory: 'outdoor' },
  { id: 28, name: 'umbrella', supercategory: 'accessory' },
  { id: 34, name: 'frisbee', supercategory: 'sports' },
  { id: 37, name: 'sports ball', supercategory: 'sports' },
  { id: 38, name: 'kite', supercategory: 'sports' },
  { id: 44, name: 'bottle', supercategory: 'kitchen' },
  { id: 55, name: 'orange', supercategory: 'food' },
  { id: 60, name: 'donut', supercategory: 'food' },
  { id: 72, name: 'tv', supercategory: 'electronic' },
  { id: 84, name: 'book', supercategory: 'indoor' },
  { id: 85, name: 'clock', supercategory: 'indoor' },
] as const;

export type SceneCategory = (typeof SCENE_CATEGORIES)[number];
export type SceneCategoryName = SceneCategory['name'];
