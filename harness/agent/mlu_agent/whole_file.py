import os


def write_whole(path, write, part=None):
    """
    Has `write(file)` write into a file opened in binary under another name (`part`; PATH.part unless told), which is then renamed: no half of
    one ever has the name of `path`. Raises OSError.
    """
    part = part or path + ".part"
    with open(part, "wb") as file:
        write(file)
    os.replace(part, path)


def write_text(path, text, part=None):
    """The same of a text, in UTF-8."""
    write_whole(path, lambda file: file.write(text.encode("utf-8")), part)
