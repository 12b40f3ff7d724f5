import hashlib

_PIECE = 1 << 20


def sha256_of(path):
    """Hexadecimal, of a file of any size. Raises OSError."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for piece in iter(lambda: file.read(_PIECE), b""):
            digest.update(piece)
    return digest.hexdigest()
