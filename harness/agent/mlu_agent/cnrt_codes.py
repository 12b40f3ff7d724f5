"""Numbers of cnrt.h 4.3 to 4.7, and what to do about the errors among them."""

SUCCESS = 0
HOST_TO_DEVICE, DEVICE_TO_HOST = 0, 2

# cnrtDataType -> the name the twins file has, without CNRT_
DATA_TYPES = {
    0x12: "FLOAT16", 0x13: "FLOAT32", 0x14: "FLOAT64", 0x20: "INT4", 0x21: "INT8", 0x22: "INT16", 0x23: "INT32", 0x24: "INT64", 0x25: "AUTO",
    0x31: "UINT8", 0x32: "UINT16", 0x33: "UINT32", 0x41: "FIX8", 0x51: "QUANT8", 0x61: "BOOL",
}

CORE_VERSIONS = {0: "1H8", 1: "1H16", 3: "MLU100", 4: "1H8MINI", 5: "MLU270", 6: "MLU220", 7: "MLU290"}

# cnrtRet_t counts on from 632006.
_NAMES = (
    "ERR_NOT_READY ERR_INVALID ERR_NOMEM ERR_NODEV ERR_IO ERR_SYS ERR_ACCES ERR_FAULT ERR_BUSY ERR_TIMEOUT ERR_EXIST ERR_NOSYS ERR_AGAIN "
    "ERR_NORES ERR_UNSUPPORTED ERR_INVALID_POINTER ERR_NO_EXIST ERR_BROKEN ERR_INIT ERR_QUEUE ERR_OUT_RANGE ERR_MATH_OVERFLOW ERR_FUNC_CALL "
    "ERR_UNHANDLED ERR_INVALID_TYPE ERR_INVALID_OP ERR_MLU ERR_ONCHIP_CORE ERR_NOTIFIER ERR_RESHAPE ERR_MEMCPY ERR_ENCRYPT "
    "ERR_INVALID_DATADESC ERR_MAP ERR_UNMAP ERR_CACHE ERR_FIND_DEV_ADDR ERR_KERNEL_VERSION_TOO_HIGH ERR_GET_MEM_RANGE ERR_GET_MEM_INFO"
)
NAMES = {632006 + i: "CNRT_RET_" + name for i, name in enumerate(_NAMES.split())}
NAMES[1] = "CNRT_RET_WARNING_FAKE_DEVICE"
NAMES[999991] = "CNRT_RET_ERR_UNKNOWN"

_ADVICE = {
    "CNRT_RET_WARNING_FAKE_DEVICE": "the library runs without a card: start the container with the card's device files",
    "CNRT_RET_ERR_NOMEM": "give fewer contexts or export a smaller batch, and see what else holds the card's memory",
    "CNRT_RET_ERR_NODEV": "start the container with the card's device files (/dev/cambricon_*), and give a --device that is there",
    "CNRT_RET_ERR_ACCES": "give this user the right to the card's device files",
    "CNRT_RET_ERR_BUSY": "see what else uses the card, and try again",
    "CNRT_RET_ERR_TIMEOUT": "see whether the card still answers (cnmon), and try again",
    "CNRT_RET_ERR_KERNEL_VERSION_TOO_HIGH": "use the container that goes with this driver",
}
_OF_A_CALL = {
    "cnrtLoadModel": "export the model again, for this card and with this container's libraries",
    "cnrtExtractFunction": "the agent runs the function subnet0, as torch_mlu 1.3 names it: export the model with it",
}
_OTHERWISE = "see what the vendor's library wrote above, and whether cnmon shows the card in order"


def describe_code(call, code):
    """The name of a return code and what to do: `("CNRT_RET_ERR_BUSY", "see what …")`; the number itself where its name is not known."""
    name = NAMES.get(code, "not a code of cnrt.h 4.7")
    return name, _ADVICE.get(name, _OF_A_CALL.get(call, _OTHERWISE))
