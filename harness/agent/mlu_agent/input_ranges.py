class InputRanges(object):
    """
    Watches what the inputs of some modules of a network reach, beside the quantiser's own observers: `absmax` by the module's
    name. By name and not by class: what the vendor puts in a convolution's place is its own.
    """

    def __init__(self, network, names):
        self.absmax = {}
        modules = dict(network.named_modules())
        self._hooks = [modules[name].register_forward_pre_hook(self._watch(name)) for name in names if name in modules]

    def _watch(self, name):
        def note(module, inputs):
            self.absmax[name] = max(self.absmax.get(name, 0.0), inputs[0].abs().max().item())

        return note

    def end(self):
        for hook in self._hooks:
            hook.remove()
