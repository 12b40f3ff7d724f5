import time

from .same_bits import same_bits


def measure_in_turn(infer, pixels, requests, seconds, stop):
    """
    `requests` inferences one after the other, none begun after `seconds`, at least one. infer, stop: of a Session. Returns what
    Session.measure does, for one context. Raises KeyboardInterrupt where `stop` is set.
    """
    host = []
    device = []
    first = None
    same = True
    comparing = 0.0
    begun = time.perf_counter()
    while not host or (len(host) < requests and time.perf_counter() - begun < seconds):
        if stop.is_set():
            raise KeyboardInterrupt
        output, host_ms, device_ms = infer(pixels)
        inferred = time.perf_counter()
        host.append(host_ms)
        device.append(device_ms)
        first = output if first is None else first
        same = same and same_bits(output, first)
        comparing += time.perf_counter() - inferred
    wall = time.perf_counter() - begun - comparing
    return {"hostMs": [host], "deviceMs": None if None in device else [device], "wallSeconds": wall, "sameOutputs": same}
