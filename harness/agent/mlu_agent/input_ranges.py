import torch.nn as nn


class InputRanges(object):
    """Watches what each convolution's input reaches, beside the quantiser's own observers: `absmax` by the convolution's name."""

    def __init__(self, network):
        self.absmax = {}
        convolutions = [(name, module) for name, module in network.named_modules() if isinstance(module, nn.Conv2d)]
        self._hooks = [module.register_forward_pre_hook(self._watch(name)) for name, module in convolutions]

    def _watch(self, name):
        def note(module, inputs):
            self.absmax[name] = max(self.absmax.get(name, 0.0), inputs[0].abs().max().item())

        return note

    def end(self):
        for hook in self._hooks:
            hook.remove()
