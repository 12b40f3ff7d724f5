from .errors import BadFile

# What the offline models known so far begin with.
MAGIC = b"\x7fMEF"


def read_magic(path):
    """The first bytes of a file, as many as MAGIC has, or fewer. Raises OSError."""
    with open(path, "rb") as model:
        return model.read(len(MAGIC))


def check_magic(path):
    """Raises BadFile for what is no offline model, before the vendor's library gets it."""
    try:
        magic = read_magic(path)
    except OSError as error:
        raise BadFile("cannot read the model {} ({}): give a .cambricon file".format(path, error.strerror))
    if magic != MAGIC:
        raise BadFile("{} is no offline model, it begins with {!r}: give a .cambricon file".format(path, magic))
