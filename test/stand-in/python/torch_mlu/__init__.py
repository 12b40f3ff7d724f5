"""
A stand-in of the vendor's `torch_mlu` for MLU PyTorch 1.3: it does on the CPU what is publicly known of the card, and is
none of the vendor's.

Convolutions and linear layers run on integers, everything between them in float32; what the card lacks is refused here too.
Where the public sources leave a question open, the module concerned says what was chosen. Environment: MLU_STAND_IN_CARDS
(1), MLU_STAND_IN_NO_NOTIFIER (unset).
"""

MLU_PARITY_STAND_IN = (
    "torch_mlu is mlu-parity's stand-in: a card's integer arithmetic carried out on the CPU, and none of the vendor's software"
)

from .stand_in import patches

patches.install()
