/** A ground truth without a fault, as a plain object to be spoilt. */
export function smallGroundTruth() {
  return {
    images: [
      { id: 1, file_name: 'a.png', width: 20, height: 10 },
      { id: 2, file_name: 'b.png', width: 30, height: 30 },
      { id: 7, file_name: 'c.png', width: 8, height: 8 },
    ],
    categories: [
      { id: 3, name: 'cat' },
      { id: 1, name: 'dog' },
    ],
    annotations: [
      {
        id: 11,
        image_id: 1,
        category_id: 3,
        bbox: [1, 2, 3, 4],
        area: 10,
        iscrowd: 0,
        segmentation: [[1, 2]],
      },
      { id: 12, image_id: 2, category_id: 1, bbox: [0, 0, 30, 30], area: 900, iscrowd: 1 },
      { id: 13, image_id: 2, category_id: 3, bbox: [5.5, 5, 2, 2], area: 4, iscrowd: 0, ignore: 1 },
    ],
  };
}
