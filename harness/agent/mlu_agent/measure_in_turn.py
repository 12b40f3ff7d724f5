import time


def measure_in_turn(infer, pixels, requests, seconds):
    """
    `requests` inferences one after the other, none begun after `seconds`, at least one. infer: of a Session. Returns what
    Session.measure does, for one context.
    """
    host = []
    device = []
    first = None
    same = True
    begun = time.perf_counter()
    while not host or (len(host) < requests and time.perf_counter() - begun < seconds):
        output, host_ms, device_ms = infer(pixels)
        host.append(host_ms)
        device.append(device_ms)
        if first is None:
            first = output.tobytes()
        same = same and output.tobytes() == first
    wall = time.perf_counter() - begun
    return {"hostMs": [host], "deviceMs": None if None in device else [device], "wallSeconds": wall, "sameOutputs": same}
