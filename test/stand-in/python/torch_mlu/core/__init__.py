"""The modules that ports import: mlu_model, mlu_quantize, device.notifier."""
