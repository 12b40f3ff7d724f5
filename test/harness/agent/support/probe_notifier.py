"""Says whether the stand-in has notifiers, and that one's two times agree."""

import torch_mlu

try:
    from torch_mlu.core.device.notifier import Notifier
except ImportError:
    print("none")
else:
    first, second = Notifier(), Notifier()
    first.place()
    second.place()
    second.synchronize()
    assert second.query() and first.elapsed_time(second) >= first.hardware_time(second) / 1000
    print("there")
