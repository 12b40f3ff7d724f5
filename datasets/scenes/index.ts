export { drawScene, LARGEST_SCENE_SEED, type Scene, type SceneAnnotation } from './draw-scene.ts';
export { SCENE_CATEGORIES, type SceneCategory } from './scene-categories.ts';
export { scenesFolder } from './scenes-folder.ts';
export { isScenesName, parseScenesName, type ScenesName } from './scenes-name.ts';
