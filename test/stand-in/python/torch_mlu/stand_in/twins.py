"""The text beside an offline model, in the order and the words of the files that MLU PyTorch 1.3 wrote."""

MASK = 338036233  # of no meaning that is known; the same in every file


def twins_text(name, inputs, outputs, core_number):
    """`inputs`, `outputs`: pairs of a shape in N H W C and a type."""
    described = inputs + outputs
    lines = [
        'This is the Twins File of "{}".'.format(name),
        "Function number: 1",
        "---------------kernel graph--------------------",
        "",
        "Function #0 {",
        "Kernel num:1 ",
        "Cache mode:0 ",
        "Name: subnet0",
    ]
    for word, first, tensors in (("Input", 0, inputs), ("Output", len(inputs), outputs)):
        lines.append("{} number: {}".format(word, len(tensors)))
        for index, (shape, dtype) in enumerate(described[first:first + len(tensors)]):
            lines += [
                "    {} #{}.".format(word, index),
                "        Mask: {}".format(MASK),
                "        Shape(dim): {} ".format(" ".join(str(size) for size in shape)),
                "        Name: ",
                "        Id: {}".format(60 + 32 * (first + index)),
                "        Data type: CNRT_{}        Dim Order: CNRT_NHWC".format(dtype),
                "        Quantize position: 0",
                "        Quantize scale: 0.000000",
            ]
    lines += [
        "Kernel header #0:",
        "    Name: subnet0",
        "    Core version: ",
        "    Model Parallelism: {}".format(core_number),
        "    Core limit: {}".format(core_number),
        "    Inst data split: true",
        "}",
    ]
    return "\n".join(lines) + "\n"
