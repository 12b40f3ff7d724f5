"""Writes odd_cases.json: what pycocotools makes of cases that COCO's own files do not hold.

Run with pycocotools 2.0 and a numpy before 2.3: python make_odd_cases.py
"""

import contextlib
import io
import json
import os
import random
import tempfile

import numpy
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def evaluate(ground_truth, results, image_ids=None, use_categories=True):
    with contextlib.redirect_stdout(io.StringIO()):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(ground_truth, file)
            file.flush()
            coco = COCO(file.name)
        evaluation = COCOeval(coco, coco.loadRes([dict(result) for result in results]), "bbox")
        if image_ids is not None:
            evaluation.params.imgIds = image_ids
        evaluation.params.useCats = int(use_categories)
        evaluation.evaluate()
        evaluation.accumulate()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        evaluation.summarize()
    return {
        "stats": evaluation.stats.tolist(),
        "printed": printed.getvalue().rstrip("\n"),
        # Category 2 at IoU 0.5, all areas, 100 detections.
        "precision": evaluation.eval["precision"][0, :, -1, 0, -1].tolist(),
        "scores": evaluation.eval["scores"][0, :, -1, 0, -1].tolist(),
    }


def draw(seed, images=3, objects=5):
    random.seed(seed)
    annotations, results = [], []
    for image in range(images):
        for _ in range(objects):
            x, y = random.randint(0, 300), random.randint(0, 200)
            width, height = random.randint(10, 150), random.randint(10, 150)
            category = random.choice([1, 2])
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": 10 * image + 5,
                    "category_id": category,
                    "bbox": [x, y, width, height],
                    "area": width * height,
                    "iscrowd": 0,
                }
            )
            for _ in range(2):
                results.append(
                    {
                        "image_id": 10 * image + 5,
                        "category_id": random.choice([category, category, 3 - category]),
                        "bbox": [x + random.randint(-9, 9), y + random.randint(-9, 9), width + random.randint(-9, 9), height],
                        "score": random.randint(1, 99) / 100,
                    }
                )
    ground_truth = {
        "info": {},
        "images": [{"id": 10 * i + 5, "file_name": f"{i}.jpg", "width": 500, "height": 400} for i in range(images)],
        "categories": [{"id": 2, "name": "two"}, {"id": 1, "name": "one"}],
        "annotations": annotations,
    }
    return ground_truth, results


cases = []


def add(name, ground_truth, results, **options):
    expected = evaluate(ground_truth, results, **options)
    del ground_truth["info"]
    cases.append({"name": name, "ground_truth": ground_truth, "results": results, "options": options, "expected": expected})


ground_truth, results = draw(1)
for annotation in ground_truth["annotations"]:
    annotation["id"] -= 1
add("annotation id 0", ground_truth, results)

ground_truth, results = draw(2)
for annotation in ground_truth["annotations"][::3]:
    annotation["ignore"] = 1
for annotation in ground_truth["annotations"][::5]:
    annotation["iscrowd"] = 1
    annotation["ignore"] = 0
add("ignore beside iscrowd", ground_truth, results)

ground_truth, results = draw(3)
add("categories not used", ground_truth, results, use_categories=False)

ground_truth, results = draw(4)
add("some of the images", ground_truth, results, image_ids=[25, 5])

ground_truth, results = draw(5)
results[::4] = [{**result, "category_id": 77} for result in results[::4]]
add("results of an unknown category", ground_truth, results)

ground_truth, results = draw(6)
ground_truth["annotations"].append({**ground_truth["annotations"][0], "id": 900, "image_id": 999})
ground_truth["annotations"].append({**ground_truth["annotations"][0], "id": 901, "category_id": 99})
add("annotations of an unknown image and category", ground_truth, results)

# Sixteen objects, of which 1 and 7 are found: recalls of odd sixteenths, which are printed with a tie in the last digit.
for found in (1, 7):
    ground_truth, results = draw(7, images=16, objects=1)
    for annotation in ground_truth["annotations"]:
        annotation["category_id"] = 2
    results = [
        {"image_id": a["image_id"], "category_id": 2, "bbox": a["bbox"], "score": 0.5}
        for a in ground_truth["annotations"][:found]
    ]
    add(f"{found} of 16 found", ground_truth, results)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "odd_cases.json"), "w") as file:
    source = f"pycocotools {__import__('importlib.metadata').metadata.version('pycocotools')}, numpy {numpy.__version__}"
    file.write(json.dumps({"source": source, "cases": cases}, separators=(",", ":")) + "\n")
